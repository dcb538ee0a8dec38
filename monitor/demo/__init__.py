# SPDX-License-Identifier: Apache-2.0
"""The demo: the real daemon at work on a small news world of its own.

What it is not: a simulation, or a part of the daemon; nothing in `monitor` but `cli.demo` imports
it. Rules of this package: everything is served on the loopback address and ends with the demo; what
the daemon decided is read from its JSON log lines, never from text for people; the news is data
(`world.toml`), written for this project.
"""
