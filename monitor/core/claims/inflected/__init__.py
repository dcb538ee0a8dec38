# SPDX-License-Identifier: Apache-2.0
"""The grammar of languages whose words change their ending: one code, the words are a pack's data.

English has a grammar of its own (the modules beside this package), made for fixed forms in a fixed
order. Here forms are looked up by pattern (`lexicon`), numbers come from tables (`numbers`, with
`compounds` for words written as one), a noun is found on either side (`counting`), and names may
stand in any case (`whose`, `where`, `who`). What comes out are the same mentions, so that one figure
told in two languages is one claim with the same ids. Rules: as in `core.claims`; no word of any
language stands in the code.
"""

from monitor.core.claims.inflected.detect import language_of, pack_for
from monitor.core.claims.inflected.reader import may_hold, read

__all__ = ["language_of", "may_hold", "pack_for", "read"]
