# SPDX-License-Identifier: Apache-2.0
"""The trace of one article: everything that led to its alerts, or to silence.

What it is not: a second decision. A stored article's trace is read from what was written when it
was decided; a new text is decided by the same `decide` against the store, and nothing is written.
Rules of this file: the JSON form is complete, the text form is made from it; what became of a claim
later stands apart, under `since`, so that the rest reads the same for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.core.decide import Policy, decide
from monitor.core.gazetteer import Gazetteer
from monitor.core.memory import needs
from monitor.core.model import Alert, Evaluation, KnownArticle, LedgerClaim, Outcome
from monitor.core.moments import utc_text
from monitor.core.payload import claim_json, rejection_json
from monitor.core.prepare import Reading, prepare
from monitor.core.values import relation_of
from monitor.core.wording import change_phrase, claim_phrase
from monitor.pipeline import Site
from monitor.store import Store


def dry_run(
    site: Site, store: Store, record: Mapping[str, object], now: datetime
) -> tuple[Outcome, tuple[Alert, ...]]:
    """Decide one text against the store as it is; nothing is written."""
    published = record["published"]
    moment = published if isinstance(published, datetime) else None
    url = record["url"]
    article = prepare(
        Reading(
            feed=str(record["feed"]),
            publisher=str(record["feed"]),
            entry_key=str(record["guid"] or url or record["id"]),
            entry_hash="",
            url=str(url) if url else None,
            title=str(record["title"]),
            content=str(record["text"]),
            content_is_html=False,
            published=moment,
            seen=now,
        ),
        site.knowledge,
        measures=site.rules.measures,
    )
    policy = Policy(
        rules=site.rules,
        gazetteer=site.knowledge.gazetteer,
        now=now,
        thresholds=site.settings.memory.thresholds,
    )
    decision = decide((article,), store.recall(needs((article,))), policy)
    return decision.outcomes[0], decision.alerts


def trace_of(
    outcome: Outcome,
    alerts: Sequence[Alert],
    recall_claim: Callable[[str], LedgerClaim | None],
    gazetteer: Gazetteer,
    recall_article: Callable[[str], KnownArticle | None] = lambda _: None,
) -> dict[str, Any]:
    """Return the whole trace as JSON-ready data."""
    article = outcome.article
    own = {row.id: row for row in outcome.claims}

    def find(claim_id: str) -> LedgerClaim | None:
        return own.get(claim_id) or recall_claim(claim_id)

    return {
        "article": {
            "id": article.id,
            "feed": article.feed,
            "publisher": article.publisher,
            "url": article.url,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "seen": article.seen.isoformat(),
            "text_kind": article.text_kind.value,
            "fingerprint": article.fingerprint,
            "shingles": article.sketch.shingles,
        },
        "memory": _memory(outcome, recall_article),
        "changes": _changes(outcome, recall_claim, gazetteer),
        "silenced": outcome.silenced,
        "claims": [_claim(claim, find, gazetteer) for claim in outcome.claims],
        "rejected": [rejection_json(rejection) for rejection in article.rejected],
        "rules": [_rule(evaluation) for evaluation in outcome.evaluations],
        "alerts": [
            {
                "id": alert.id,
                "rule": alert.rule,
                "severity": alert.severity.value,
                "disposition": alert.disposition.value,
                "reason": alert.reason,
                "claim": alert.claim.id if alert.claim else None,
            }
            for alert in alerts
        ],
        "since": {"withdrawn": [row.id for row in outcome.claims if row.withdrawn]},
    }


def _rule(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "rule": evaluation.rule,
        "version": evaluation.version or None,
        "hits": [
            {
                "claim": hit.claim,
                "disposition": hit.disposition.value,
                "severity": hit.severity.value if hit.severity else None,
                "reason": hit.reason,
            }
            for hit in evaluation.hits
        ],
        "misses": [
            {"claim": claim or None, "reason": reason} for claim, reason in evaluation.misses
        ],
        "nearest": evaluation.nearest,
    }


def _memory(
    outcome: Outcome, recall_article: Callable[[str], KnownArticle | None]
) -> dict[str, Any]:
    nearest = recall_article(outcome.nearest) if outcome.nearest else None
    return {
        "verdict": outcome.verdict.value,
        "relation": outcome.relation.value,
        "basis": outcome.basis.value if outcome.basis else None,
        "nearest": outcome.nearest,
        "nearest_title": nearest.title if nearest else None,
        "nearest_publisher": nearest.publisher if nearest else None,
        "nearest_seen": nearest.seen.isoformat() if nearest else None,
        "similarity": round(outcome.similarity, 4),
        "shared_passages": list(outcome.passages),
        "group": outcome.group,
    }


def _changes(
    outcome: Outcome, recall_claim: Callable[[str], LedgerClaim | None], gazetteer: Gazetteer
) -> dict[str, Any] | None:
    """Return what the reading did to the figures of the one before it, in words."""
    changes = outcome.changes
    if changes is None:
        return None
    own = {row.id: row for row in outcome.claims}

    def phrase(claim: str) -> str:
        row = own.get(claim) or recall_claim(claim)
        return claim_phrase(row.claim, gazetteer) if row else claim

    return {
        "previous": changes.previous,
        "kept": [phrase(claim) for claim in changes.kept],
        "altered": [[phrase(old), phrase(new)] for old, new in changes.altered],
        "added": [phrase(claim) for claim in changes.added],
        "gone": [phrase(claim) for claim in changes.gone],
    }


def _claim(
    claim: LedgerClaim, recall_claim: Callable[[str], LedgerClaim | None], gazetteer: Gazetteer
) -> dict[str, Any]:
    found = (recall_claim(known) for known in claim.compared)
    compared = [_compared(claim, row, gazetteer) for row in found if row is not None]
    return {
        "id": claim.id,
        "summary": claim_phrase(claim.claim, gazetteer),
        "compared": compared,
        "why": dict(claim.claim.why),
        "points": claim.claim.points,
        "facts": [fact.value for fact in claim.facts],
        "rung": claim.rung,
        "replaces": claim.previous,
        **claim_json(replace(claim, withdrawn=False), gazetteer),
    }


def _compared(claim: LedgerClaim, row: LedgerClaim, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return a row that a verdict rests on, and how the claim stands to it."""
    return {
        "id": row.id,
        "summary": claim_phrase(row.claim, gazetteer),
        "said": row.said.isoformat(),
        "publisher": row.publisher,
        "value": relation_of(claim.claim, row.claim).value,
        "change": change_phrase(row.claim, claim.claim),
        "place": gazetteer.place_relation(claim.claim.place, row.claim.place).value,
        "same_family": claim.family == row.family,
    }


Paint = Callable[[str, str], str]  # a text and what it is: "title", "figure", "alert", …


def trace_text(trace: Mapping[str, Any], paint: Paint = lambda text, _: text) -> str:
    """Return the trace for a terminal."""
    article, memory = trace["article"], trace["memory"]
    lines = [
        paint(article["title"] or "(untitled)", "title"),
        (
            f"  {article['id']} from {article['publisher']},"
            f" published {_moment(article['published']) if article['published'] else 'undated'},"
            f" seen {_moment(article['seen'])} ({article['text_kind']})"
        ),
        *_memory_lines(memory),
        *_change_lines(trace["changes"]),
    ]
    if trace["silenced"]:
        lines.append(paint(f"silenced: {trace['silenced']}", "silent"))
    lines += _claim_lines(trace, paint)
    lines += _rejected_lines(trace["rejected"])
    lines += _rule_lines(trace, paint)
    lines.append("alerts:" if trace["alerts"] else "alerts: none")
    lines += [
        paint(
            f"  {alert['id']} by {alert['rule']} ({alert['severity']}, {alert['disposition']}):"
            f" {alert['reason']}",
            "alert",
        )
        for alert in trace["alerts"]
    ]
    return "\n".join(lines)


def _moment(text: str) -> str:
    return utc_text(datetime.fromisoformat(text))


def _memory_lines(memory: Mapping[str, Any]) -> list[str]:
    if memory["nearest"] is None:
        return [f"text: {memory['verdict']}; nothing like it is known"]
    is_copy = memory["relation"] != "none"
    relation = f"{memory['relation']} to" if is_copy else "not a copy; nearest is"
    basis = f" by {memory['basis']}" if memory["basis"] else ""
    lines = [
        (
            f"text: {memory['verdict']}{basis}; {relation} {memory['nearest']}"
            f" (similarity {memory['similarity']:.2f})"
        )
    ]
    if memory["nearest_title"] is not None:
        lines.append(
            f"  nearest: “{memory['nearest_title'] or '(untitled)'}”, {memory['nearest_publisher']},"
            f" seen {_moment(memory['nearest_seen'])}"
        )
    if memory["shared_passages"]:
        lengths = ", ".join(map(str, memory["shared_passages"]))
        lines.append(f"  shared passages of about {lengths} words")
    return lines


def _change_lines(changes: Mapping[str, Any] | None) -> list[str]:
    if changes is None:
        return []
    lines = [f"figures, compared with {changes['previous']}:"]
    lines += [f"  altered: {old} -> {new}" for old, new in changes["altered"]]
    lines += [f"  {what}: {row}" for what in ("added", "gone", "kept") for row in changes[what]]
    return lines if len(lines) > 1 else [*lines, "  none in either"]


def _claim_lines(trace: Mapping[str, Any], paint: Paint) -> list[str]:
    claims, withdrawn = trace["claims"], trace["since"]["withdrawn"]
    lines = ["claims:" if claims else "claims: none"]
    for claim in claims:
        verdict = paint(claim["verdict"], "verdict")
        lines.append(f"  {claim['summary']}: {verdict}: {claim['reason']}")
        if claim["evidence"].get("sentence", {}).get("text"):
            lines.append(f"    “{_sentence(claim['evidence'], paint)}”")
        lines.append(
            f"    confidence {claim['confidence']:.2f} ({claim['points']} points); "
            + ", ".join(f"{field} by {rule}" for field, rule in claim["why"].items())
        )
        lines += [f"    compared with {_comparison(row)}" for row in claim["compared"]]
        if claim["facts"]:
            lines.append(f"    also: {', '.join(claim['facts'])}")
        if claim["id"] in withdrawn:
            lines.append(paint("    since then it was withdrawn", "silent"))
    return lines


def _sentence(evidence: Mapping[str, Any], paint: Paint) -> str:
    """Return the sentence of a claim with its figure marked."""
    sentence = evidence["sentence"]
    start, end = (evidence[key] - sentence["start"] for key in ("start", "end"))
    text = sentence["text"]
    if evidence["field"] != sentence["field"] or not 0 <= start <= end <= len(text):
        return " ".join(text.split())
    before, figure, after = text[:start], text[start:end], text[end:]
    joined = f"{before}\0{after}"
    return " ".join(joined.split()).replace("\0", paint(" ".join(figure.split()), "figure"))


_PLACES = {
    "equal": "same place",
    "ancestor": "a wider place",
    "descendant": "a narrower place",
    "unknown": "place unknown",
    "disjoint": "another place",
}


def _comparison(row: Mapping[str, Any]) -> str:
    change = f", {row['change']}" if row["change"] else ""
    family = "same family" if row["same_family"] else "another family"
    return (
        f"{row['summary']} ({row['publisher']}, {row['said'][:10]}):"
        f" {row['value']}{change}; {_PLACES[row['place']]}; {family}"
    )


def _rejected_lines(rejected: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rejected:
        return []
    return ["numbers not taken:"] + [f"  {row['text']!r}: {row['reason']}" for row in rejected]


def _rule_lines(trace: Mapping[str, Any], paint: Paint) -> list[str]:
    """One line for each hit; of a rule without one the miss that came nearest."""
    summaries = {claim["id"]: claim["summary"] for claim in trace["claims"]}
    lines = ["rules:" if trace["rules"] else "rules: none"]
    for rule in trace["rules"]:
        for hit in rule["hits"]:
            told = f"{hit['disposition']}{_severity(hit)}"
            lines.append(paint(f"  {rule['rule']}: {told}: {hit['reason']}", hit["disposition"]))
        if not rule["hits"] and rule["misses"]:
            lines += _miss_lines(rule, summaries, paint)
        if not rule["hits"] and not rule["misses"]:
            lines.append(paint(f"  {rule['rule']}: silent: there is no figure", "silent"))
    return lines


def _severity(hit: Mapping[str, Any]) -> str:
    return f" ({hit['severity']})" if hit["severity"] else ""


def _miss_lines(rule: Mapping[str, Any], summaries: Mapping[str, str], paint: Paint) -> list[str]:
    misses = rule["misses"]
    near = next((miss for miss in misses if miss["claim"] == rule["nearest"]), misses[0])
    lines = [paint(f"  {rule['rule']}: silent: {near['reason']}", "silent")]
    if len({miss["reason"] for miss in misses}) > 1:
        what = summaries.get(near["claim"], "the article")
        lines.append(paint(f"    that is the nearest of {len(misses)}: {what}", "silent"))
    return lines
