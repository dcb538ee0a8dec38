# SPDX-License-Identifier: Apache-2.0
"""Claims: from the text of an article to the figures it asserts, by a layered grammar.

Layers, each a module that takes spans and returns spans with the name of the rule that made them:
`numerals` (numbers and bands), `heads` (what they count), `rejects` (why they are no estimate),
`force`, `place`, `attribution` (who says so), `status` (status, kind, as-of), and `extract` (all
together). Rules: deterministic, no model, no network; words come from data, code is only grammar;
never raises on any text.
"""

from monitor.core.claims.extract import Document, extract, may_hold_claims

__all__ = ["Document", "extract", "may_hold_claims"]
