# SPDX-License-Identifier: Apache-2.0
"""The one guarded client for everything that leaves the process over HTTP.

What it is not: mail, or parsing of what comes back. Rules of this package, the only one that imports
httpx:

1. A connection goes to an address that was checked after resolution, and to no other; every answer
   of the resolver must be allowed. Redirects pass the same gate. Proxies of the environment are
   ignored, because they resolve names for us.
2. One deadline covers resolution, connect, TLS, redirects, body and decoding; only waiting for a
   host's turn is not counted.
3. Bytes are counted as they arrive and as they are decoded; a limit acts before memory does.
4. A body that ended early is an error, never a short body.
5. No cookies, no Referer; a configured credential goes to its own origin only; POST never follows a redirect.
"""

from monitor.fetch.client import (
    Answer,
    Client,
    ClientSettings,
    Credential,
    Fetched,
    NotModified,
    Timing,
)
from monitor.fetch.guard import Resolver

__all__ = [
    "Answer",
    "Client",
    "ClientSettings",
    "Credential",
    "Fetched",
    "NotModified",
    "Resolver",
    "Timing",
]
