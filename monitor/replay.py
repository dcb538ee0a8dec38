# SPDX-License-Identifier: Apache-2.0
"""Replay: the daemon's own prepare, recall, decide and commit over a throw-away store.

What it is not: a second implementation of any of them. Rules of this file: the clock is the
articles' own (the newest publication time so far), so that a replay gives the same answer on any
day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.bootstrap import assemble
from monitor.config import Settings
from monitor.core.decide import Policy
from monitor.core.knowledge import Knowledge
from monitor.core.memory import needs
from monitor.core.model import (
    Alert,
    Article,
    ArticleVerdict,
    Decision,
    Disposition,
    Outcome,
    Relation,
)
from monitor.core.payload import claim_json
from monitor.core.prepare import Reading, prepare
from monitor.core.recognition import recognise
from monitor.core.rules import RuleSet
from monitor.dispatch import Dispatch
from monitor.knowledge import shipped_knowledge, shipped_root
from monitor.pipeline import Site, decide_and_commit, load_pack
from monitor.rulefiles import load_rules
from monitor.seedpacks import SeedPack, find_packs, read_pack
from monitor.store import Store, open_store

# Any fixed moment will do for input without dates; this one is before every seed.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    settings: Settings
    knowledge: Knowledge
    roots: tuple[Path, ...]
    rules: RuleSet
    packs: tuple[SeedPack, ...]


class Replay:
    """One throw-away store that articles are decided into, one by one."""

    def __init__(self, sources: _Sources, store: Store) -> None:
        self._knowledge = sources.knowledge
        self._rules = sources.rules
        self._store = store
        self._dispatch = Dispatch(store)
        self._now = _EPOCH
        self._given: dict[str, object] = {}
        self._settings = sources.settings
        site = Site(
            settings=sources.settings,
            knowledge=sources.knowledge,
            knowledge_roots=sources.roots,
            rules=sources.rules,
            subscribers=(),
        )
        for pack in sources.packs:
            load_pack(store, pack, site, _EPOCH)

    @classmethod
    @contextmanager
    def open(cls, config: str | None, *, rules: Path | None, seeds: bool) -> Iterator[Replay]:
        """Open a replay with the shipped rules and packs, or a site's, or the rules given."""
        store = open_store(None)
        try:
            yield cls(_sources(config, rules, seeds=seeds), store)
        finally:
            store.close()

    def decide(self, record: Mapping[str, object]) -> dict[str, object]:
        """Decide one article and return its output record."""
        article = self._article(record)
        policy = self._policy(self._rules)
        decision = decide_and_commit(self._store, self._dispatch, (article,), policy, (), None)
        return self._decided(record["id"], decision)

    def recognise(self, record: Mapping[str, object]) -> dict[str, object]:
        """Say which earlier article this one is a copy of, remember it, return the record."""
        article = self._article(record)
        policy = self._policy(RuleSet(rules=()))
        found = recognise(article, self._store.recall(needs((article,))), policy.thresholds)
        decide_and_commit(self._store, self._dispatch, (article,), policy, (), None)
        copy = found.relation is not Relation.NONE
        return {
            "id": record["id"],
            "group": found.group,
            "duplicate_of": self._given_id(found.nearest) if copy else None,
            "relation": found.relation.value,
            "similarity": round(found.similarity, 4),
        }

    def _policy(self, rules: RuleSet) -> Policy:
        return Policy(
            rules=rules,
            gazetteer=self._knowledge.gazetteer,
            now=self._now,
            thresholds=self._settings.memory.thresholds,
        )

    def _article(self, record: Mapping[str, object]) -> Article:
        published = record["published"]
        moment = published if isinstance(published, datetime) else None
        self._now = max(self._now, moment or _EPOCH)
        given = str(record["id"])
        own = given if given not in self._given else f"{given}#{len(self._given)}"
        self._given[own] = record["id"]
        url, guid = record["url"], record["guid"]
        return prepare(
            Reading(
                feed=str(record["feed"]),
                publisher=str(record["feed"]),
                entry_key=str(guid or url or own),
                entry_hash="",
                url=str(url) if url else None,
                title=str(record["title"]),
                content=str(record["text"]),
                content_is_html=False,
                published=moment,
                language=str(record["language"]) if record["language"] else None,
                seen=self._now,
                id=own,
            ),
            self._knowledge,
            measures=self._rules.measures or None,
        )

    def _given_id(self, own: str | None) -> object:
        return None if own is None else self._given.get(own, own)

    def _decided(self, given: object, decision: Decision) -> dict[str, object]:
        outcome = decision.outcomes[0]
        return {
            "id": given,
            "article_verdict": outcome.verdict.value,
            "duplicate_of": self._given_id(outcome.nearest) if _is_copy(outcome) else None,
            "claims": [claim_json(row, self._knowledge.gazetteer) for row in outcome.claims],
            "alerts": [
                self._alert(alert)
                for alert in decision.alerts
                if alert.disposition is Disposition.ALERT
            ],
        }

    def _alert(self, alert: Alert) -> dict[str, object]:
        claims: list[dict[str, object]] = []
        if alert.claim is not None:
            claims = [claim_json(alert.claim, self._knowledge.gazetteer)]
        return {"alert_id": alert.id, "rule": alert.rule, "claims": claims}


def _is_copy(outcome: Outcome) -> bool:
    return outcome.verdict is ArticleVerdict.DUPLICATE


def _sources(config: str | None, rules: Path | None, *, seeds: bool) -> _Sources:
    settings = Settings()
    if config is not None:
        assembly = assemble(config)
        site, packs, settings = assembly.site, assembly.packs, assembly.settings
        knowledge, roots, rule_set = site.knowledge, site.knowledge_roots, site.rules
    else:
        roots = (shipped_root() / "seeds",)
        knowledge = shipped_knowledge()
        packs = tuple(map(read_pack, find_packs(roots).values())) if seeds else ()
        rule_set = RuleSet(rules=())
        if rules is None:
            rule_set = load_rules((shipped_root() / "rules",), knowledge)
    if rules is not None:
        rule_set = load_rules((rules,), knowledge, library=(shipped_root() / "rules",))
    return _Sources(
        settings=settings,
        knowledge=knowledge,
        roots=roots,
        rules=rule_set,
        packs=packs if seeds else (),
    )
