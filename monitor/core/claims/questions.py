# SPDX-License-Identifier: Apache-2.0
"""Numbers that a question puts up and nobody takes on: "More than 5,000?", "is it 12,000?".

What it is not: what a question asks for (`frames`, `hints`). Rules of this file: a yes or no in the answer,
or somebody to whom the question ascribes the number, makes it a figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims.grammar import Sentence

_LABEL = re.compile(r"(?:[A-Z][\w.'-]*(?:\s[A-Z][\w.'-]*){0,4}:\s+)?")
# How a question begins that a yes or no answers, with whom it addresses: "Minister, is the army".
_YES_NO = re.compile(
    r"\W*(?:(?:so|and|but|well|sir|[A-Z]\w+(?:\s[A-Z]\w+)?),?\s+){0,2}"
    r"(?:is|are|was|were|will|would|do|does|did|has|have|had|can|could|should|might|may)\b"
    r"(?!\s+(?:you\s+able|it\s+true|you\s+(?:confirm|aware)))",
    re.IGNORECASE,
)
_MOST_WORDS = 5
# Who puts the number forward, or takes it for granted.
_ASCRIBED = re.compile(
    r"\b(?:sa(?:y|ys|id)|claim\w*|speaks?|spoke|estimat\w*|figures?|report\w*|according|told|believe\w*|number|(?:the|those|these|our|their|its)\s+(?:remaining\s+|other\s+|last\s+|extra\s+|first\s+)?\d"
    r"|how|who|why|where|when|what|which|your|you)\b",
    re.IGNORECASE,
)
# "does the United States believe that": whoever is asked has not said it.
_WHETHER = re.compile(
    r"\b(?:does|do|did|can|could|would|will)\s+(?:the\s+)?(?:[\w.'-]+\s+){1,4}?(?:believe|think|say|confirm|estimate|know|assess)\s+(?:that\s+)?"
)
_ANSWER = re.compile(
    r"\W*(?:yes|yeah|yep|correct|right|that(?:'s|\s+is)|indeed|exactly|roughly|about|absolutely|of\s+course|no|not|never|it(?:'s|\s+is|\s+was)"
    r"|they\s+are|we\s+are|there\s+are|more|less|fewer|i\s+can\s+confirm|we\s+can\s+confirm)\b",
    re.IGNORECASE,
)


def is_question(sentence: Sentence) -> bool:
    """Say whether a sentence ends as a question does."""
    return sentence.text[sentence.end - 1] == "?"


def is_unanswered(sentences: Sequence[Sentence], index: int) -> bool:
    """Say whether a sentence only asks whether a number is so, and nobody says that it is, or is not."""
    sentence = sentences[index]
    text = sentence.text
    if not is_question(sentence):
        return False
    label = _LABEL.match(text, sentence.start, sentence.end)
    begin = label.end() if label else sentence.start
    asked = text[begin : sentence.end]
    if _ASCRIBED.search(_WHETHER.sub(" ", asked)):
        return False
    if len(asked.split()) > _MOST_WORDS and not _YES_NO.match(asked):
        return False
    if index + 1 == len(sentences):
        return False  # the text ends before the answer
    following = sentences[index + 1]
    label = _LABEL.match(text, following.start, following.end)
    return _ANSWER.match(text, label.end() if label else following.start) is None
