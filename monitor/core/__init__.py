# SPDX-License-Identifier: Apache-2.0
"""The pure core: no I/O, no clock, no logging, no randomness.

Everything here is a function of its arguments, so dry run, replay, backtest and explain are the
same code as the daemon. `docs/architecture.md` follows one article through it.
"""
