# SPDX-License-Identifier: Apache-2.0
"""Figurewatch tells people once, with proof, when a new figure appears in the news.

The package exports its version and nothing else: the public interfaces are the command line,
the configuration, the rule and seed files, the webhook body and the database (see `docs/`).
"""

__version__ = "0.1.0"
