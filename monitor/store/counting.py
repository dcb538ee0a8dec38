# SPDX-License-Identifier: Apache-2.0
"""Counts over everything that is known, for people who look after a site."""

from __future__ import annotations

from monitor.store.sqlite import Store


def corpus_counts(store: Store) -> dict[str, str | int | None]:
    """Return how many articles, copies, groups and claims there are, and the time they span."""
    (row,) = store.rows(
        """SELECT count(*) AS articles,
             count(*) FILTER (WHERE feed LIKE 'seed:%') AS seeded,
             count(*) FILTER (WHERE text <> '') AS with_text,
             count(DISTINCT group_id) AS publication_groups,
             count(*) FILTER (WHERE verdict = 'duplicate') AS copies,
             count(*) FILTER (WHERE relation = 'exact') AS copies_exact,
             count(*) FILTER (WHERE verdict = 'duplicate' AND relation = 'near') AS copies_near,
             count(*) FILTER (WHERE verdict = 'duplicate' AND relation = 'contained')
               AS copies_contained,
             count(*) FILTER (WHERE verdict = 'revision') AS revisions,
             coalesce(sum(length(CAST(text AS BLOB))), 0) AS text_bytes,
             min(coalesce(published, seen)) AS oldest,
             max(coalesce(published, seen)) AS newest
           FROM articles"""
    )
    (claims,) = store.rows(
        """SELECT count(*) AS claims, count(*) FILTER (WHERE withdrawn) AS withdrawn,
             count(DISTINCT measure || '|' || force) AS series FROM claims"""
    )
    (keys,) = store.rows("SELECT count(*) AS sketch_keys FROM sketch_keys")
    return {**row, **claims, **keys}
