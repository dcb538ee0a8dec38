# SPDX-License-Identifier: Apache-2.0
"""How fast claims are read: `python tests/benchmarks/bench_claims.py`, one core, made-up text.

Two loads: `mixed` items, of which one in twenty holds a figure and three speak of soldiers and numbers
without one; and `dense` articles of 400 words full of figures. Each is given in items a second, and as
a ratio to a bare regular expression for digits and troop nouns over the same text in the same run: the
ratio is what can be compared between machines. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus.evaluate import GENERAL, passages

from monitor.core.claims import Document, extract
from monitor.core.knowledge import Knowledge
from monitor.knowledge import shipped_knowledge

# Named here, not taken from the corpus, which grows: the same text makes figures of two days comparable.
_SOURCES = (
    "sentences.toml",
    "news.toml",
    "dev.toml",
    *(f"dev{number}.toml" for number in range(3, 10)),
)
_BARE = re.compile(
    r"\d[\d,.]*|\b(?:troops?|soldiers?|forces?|servicemen|personnel|fighters)\b", re.IGNORECASE
)
_PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)
_DENSE_WORDS = 400
_ROUNDS = 5
_FILLERS = (
    (
        "The council met on Tuesday to discuss the new library and the bus route through the old town. "
        "Residents said the plan had taken too long and cost 4 million euros more than was promised."
    ),
    (
        "The team won its match 3-1 after extra time, and the coach praised the young goalkeeper, who "
        "is 19 and joined from a second division club last summer for 12 million pounds."
    ),
    (
        "Shares in the carmaker fell 7 percent on Monday after it cut its forecast for the year. Analysts "
        "had expected sales of 1.2 million vehicles, 80,000 fewer than in 2023."
    ),
    (
        "More than 300 people were treated for smoke inhalation after a fire in a factory, the fire brigade "
        "said. Some 1,500 residents left their homes, and two schools stayed shut until Thursday."
    ),
    (
        "The minister defended the budget in parliament on Wednesday. She said 40,000 homes would be built by "
        "2027 and that taxes on small firms would not rise."
    ),
    (
        "Scientists found that the glacier lost 12 metres of ice in one summer, twice as much as in 2010. "
        "The study, published on Friday, used images from three satellites."
    ),
)


def mixed() -> list[str]:
    """Return items as feeds bring them: of 20, one has a figure, three only look as if they had."""
    near = itertools.cycle(item.text for item in passages(_SOURCES) if item.register in GENERAL)
    figures = itertools.cycle(item.text for item in passages(_SOURCES) if item.claims)
    fillers = itertools.cycle(_FILLERS)
    pattern = [figures, near, near, near, *[fillers] * 16]
    return [next(pattern[number % len(pattern)]) for number in range(2000)]


def dense() -> list[str]:
    """Return articles of 400 words in which every other sentence holds a figure."""
    texts = itertools.cycle(item.text for item in passages(_SOURCES) if item.claims)
    return [_article(texts) for _ in range(100)]


def _article(texts: itertools.cycle[str]) -> str:
    parts: list[str] = []
    fillers = itertools.cycle(_FILLERS)
    while sum(len(part.split()) for part in parts) < _DENSE_WORDS:
        parts += [next(texts), next(fillers)]
    return "\n\n".join(parts)


def _seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        started = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    """Print a line for each load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", default="troops", help="a measure, or all")
    chosen = parser.parse_args()
    measures = None if chosen.measure == "all" else (chosen.measure,)
    knowledge: Knowledge = shipped_knowledge()

    def read(text: str) -> object:
        return extract(Document(text=text, published=_PUBLISHED), knowledge, measures=measures)

    for name, texts in (("mixed", mixed()), ("dense", dense())):
        read(texts[0])
        claims, bare = _seconds(read, texts), _seconds(_BARE.findall, texts)
        sys.stdout.write(
            f"{name}: {len(texts) / claims:,.0f} items/s, {claims / bare:.1f} times a bare scan"
            f" ({len(texts) / bare:,.0f}/s)\n"
        )


if __name__ == "__main__":
    main()
