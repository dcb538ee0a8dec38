# SPDX-License-Identifier: Apache-2.0
"""How the demo looks on a terminal, and as plain text anywhere else.

What it is not: any knowledge of what should happen. Rules of this file: one line per fact, with a
label that says what kind of fact it is; text that came from a feed is never taken as markup.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitor.core.wording import amount
from monitor.demo.daemon import Event
from monitor.demo.record import Decided, Record, reason_of
from monitor.demo.servers import Hook, Mail
from monitor.demo.world import FORMS, Act, World

_PLAIN_WIDTH = 110
_WIDEST = 120
_LABEL_WIDTH = 8
_INDENT = 7 + _LABEL_WIDTH + 2
_MAIL_LINES = 14

_STYLES = {
    "daemon": "cyan",
    "corpus": "cyan",
    "poll": "blue",
    "article": "bold",
    "copy": "yellow",
    "claim": "default",
    "rule": "magenta",
    "ALERT": "bold white on red",
    "digest": "yellow",
    "silent": "green",
    "e-mail": "bold green",
    "webhook": "bold green",
    "trouble": "bold red",
}

_REASONS = {
    "first-poll": "published more than 48 h before the first poll of its feed: taken in as history",
    "backfill": "published long before what its feed showed already: taken in as history",
    "no-figure": "no troop figure in it, only other numbers",
    "duplicate": "a copy of an article that is known",
    "restatement": "a figure that is known, from the same side, in other words",
    "corroboration": "a known figure from another side: kept for the digest",
    "recall": "an earlier figure, told as history",
    "vague": "a vague figure",
}

_REAL_FEEDS = """\
  make run                   the feeds of seeds/feeds.toml, alerts to the log, state in ./var
  make run CONFIG=my.toml    your own feeds and subscribers; my.toml needs no more than this:
"""

_MINIMAL_CONFIG = """\
[email]
smtp = "smtp://localhost:25"
from = "Figurewatch <alerts@example.org>"

[[feed]]
id = "example-news"
url = "https://www.example.org/news/rss.xml"

[[subscriber]]
id = "desk"
email = "desk@example.org"
rules = ["troops.*"]
"""


def make_console() -> Console:
    """Return a console: colours on a terminal, plain without one or with NO_COLOR."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    console = Console(highlight=False, color_system=None if plain else "auto")
    console.width = min(console.width, _WIDEST) if sys.stdout.isatty() else _PLAIN_WIDTH
    return console


class Stage:
    """Prints what happens, as it happens."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._names: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._unchanged: Counter[str] = Counter()
        self.is_ready = False

    # --- before the first act ----------------------------------------------------------------

    def opening(self, world: World) -> None:
        """Say what is going to be seen."""
        self._names = {outlet.id: outlet.name for outlet in world.outlet}
        self._forms = {outlet.id: FORMS[outlet.form][1] for outlet in world.outlet}
        self._console.print(
            Panel(
                Text.assemble(
                    "Tells people once, with proof, when a ",
                    ("new figure", "bold"),
                    " appears in the news. Stays silent otherwise.\n\nThis is the real daemon with the"
                    f" shipped rules and seeds. It reads {len(world.outlet)} made-up outlets, sends"
                    " mail and webhooks; all of them are on this machine (127.0.0.1) and end with"
                    " this command. Watch what it tells, and why it does not tell the rest.",
                ),
                title="Figurewatch demo",
                title_align="left",
                border_style="cyan",
            )
        )

    def started(self, pid: int, folder: Path) -> None:
        """Say how the daemon was started."""
        self._fact(
            "daemon", f"figurewatch run, process {pid}, SQLite in {folder}/state", timed=True
        )

    def corpus(self, event: Event, figures: Sequence[str]) -> None:
        """Say what the daemon knows from the start."""
        self._fact(
            "corpus",
            f"{event['pack']}: {event['articles']} seeded articles, {event['claims']} claims."
            " What they say is no news any more:",
            timed=True,
        )
        for figure in figures:
            self._fact("", Text(figure, "dim"))

    def ready(self, event: Event) -> None:
        """Say that the daemon is at work."""
        self._fact("daemon", f"ready, {amount(event['feeds'], 'feed')}", timed=True)
        self.is_ready = True

    # --- acts --------------------------------------------------------------------------------

    def act(self, number: int, act: Act) -> None:
        """Begin an act."""
        self.flush_unchanged()
        self._console.print()
        self._console.print(
            Rule(Text(f"{number}. {act.title}", "bold"), align="left", style="cyan")
        )
        self._console.print(Text(act.note, "italic"))

    def unchanged(self, feed: str) -> None:
        """Note a poll that found nothing new; such polls are told together."""
        self._unchanged[feed] += 1

    def flush_unchanged(self) -> None:
        """Tell the polls that found nothing new."""
        if self._unchanged:
            count = self._unchanged.total()
            feeds = [self._names.get(feed, feed) for feed in sorted(self._unchanged)]
            names = "every feed" if len(feeds) == len(self._names) else ", ".join(feeds)
            polls = _counted(count, "poll", "polls")
            self._fact(
                "poll", Text(f"{polls} of {names}: nothing new (HTTP 304)", "dim"), timed=True
            )
            self._unchanged.clear()

    def poll(self, event: Event) -> None:
        """Tell a poll that brought something."""
        self.flush_unchanged()
        feed = event["feed"]
        name = f"{self._names.get(feed, feed)} ({self._forms.get(feed, 'feed')})"
        entries = _counted(event["entries"], "entry", "entries")
        self._fact("poll", f"{name}: {entries}, {event['articles']} not seen before", timed=True)

    def article(self, row: Decided, original: str | None) -> None:
        """Tell what an article is, what it claims, and what the rules made of it."""
        event = row.event
        page = " (text read from its page)" if event["text_kind"] == "page" else ""
        self._fact("article", Text.assemble((row.title, "bold"), (page, "dim")))
        if event["verdict"] == "duplicate":
            self._fact("copy", _copied(event, original))
        for claim in event["claims"]:
            self._fact("claim", Text.assemble((claim["summary"], "bold cyan")))
            self._fact("", Text(f"{claim['verdict']}: {claim['reason']}", "dim"))
        self._rules(row)
        if row.pushed:
            for alert in row.pushed:
                self._fact("ALERT", Text(alert["summary"], "bold red"))
            self._console.print()
        else:
            self._silence(row)

    def _rules(self, row: Decided) -> None:
        """Tell which rules fired, and which did not and why; each sentence once."""
        silenced = row.event["silenced"] is not None
        told: dict[str, None] = {}
        for rule in row.event["rules"]:
            verdict = rule["reason"].partition(":")[0]
            if rule["disposition"] is None:
                words = f"did not fire: {_short(rule['reason'])}"
            elif silenced:
                words = f"would have fired, verdict {verdict}"
            elif rule["disposition"] == "digest":
                words = f"fired, verdict {verdict}, which it keeps for the digest"
            else:
                words = f"fired: verdict {verdict} is in alert_on"
            told[f"{rule['rule']} {words}"] = None
        for words in told:
            self._fact("rule", words)

    def _silence(self, row: Decided) -> None:
        reason = reason_of(row.event)
        words = _REASONS.get(reason, reason)
        if row.event["rejected"] and reason == "no-figure":
            words += f" (not taken: {', '.join(row.event['rejected'])})"
        self._fact("silent", Text(words, "green"))
        self._console.print()

    def mail(self, mail: Mail) -> None:
        """Show a mail as it arrived, from its subject to the proof."""
        lines = mail.text.strip().splitlines()
        shown = lines[:_MAIL_LINES]
        while shown and (not shown[-1].strip() or shown[-1].endswith(":")):
            shown.pop()
        body = Text("\n".join(shown))
        if more := len(lines) - len(shown):
            body.append(
                f"\n\n[{more} more lines: earlier figures, confidence, why you got this]", "dim"
            )
        self._fact("e-mail", f"delivered to {mail.recipient}", timed=True)
        self._boxed(Panel(body, title=Text(mail.subject, "bold"), title_align="left"))

    def hook(self, hook: Hook) -> None:
        """Show a webhook as it arrived."""
        signature = "signature verified" if hook.verified else "SIGNATURE WRONG"
        self._fact("webhook", f"{hook.type}, {hook.message}, {signature}", timed=True)

    def trouble(self, text: str) -> None:
        """Tell what the daemon warned about."""
        self._fact("trouble", text, timed=True)

    # --- after the last act ------------------------------------------------------------------

    def summary(
        self, record: Record, mails: list[Mail], hooks: list[Hook], *, seconds: float
    ) -> None:
        """Sum up."""
        self._console.print()
        self._console.print(Rule(Text("Summary", "bold"), align="left", style="cyan"))
        verified = sum(hook.verified for hook in hooks)
        silent = record.silent
        rows: list[tuple[str, str]] = [
            ("polls", ", ".join(f"{n} {what}" for what, n in sorted(record.polls.items()))),
            ("articles read", str(len(record.decided))),
            ("claims judged", str(record.claims)),
            ("alerts", str(len(record.pushed))),
            (
                "messages",
                f"{len(mails)} e-mails, {len(hooks)} webhooks ({verified} signatures verified)",
            ),
            ("silent articles", str(silent.total())),
            *(("", f"{n} x {_REASONS.get(reason, reason)}") for reason, n in silent.most_common()),
            ("time", f"{seconds:.0f} s"),
        ]
        table = Table.grid(padding=(0, 2))
        for label, text in rows:
            table.add_row(Text(label, "bold"), Text(text))
        self._console.print(table)

    def closing(self, missing: list[str]) -> None:
        """Say whether all went as promised, and how to go on."""
        self._console.print()
        if missing:
            self._console.print(Text("What was promised did not all happen:", "bold red"))
            for line in missing:
                self._console.print(Text(f"  - {line}"))
            return
        self._console.print(
            Text(
                "All as promised: every alert arrived by both channels, and nothing else did.",
                "bold green",
            )
        )
        self._console.print()
        self._console.print(Text("Point it at real feeds", "bold"))
        self._console.print(Text(_REAL_FEEDS))
        self._console.print(Text(indent(_MINIMAL_CONFIG, " " * 4), "cyan"))

    # --- forms -------------------------------------------------------------------------------

    def _fact(self, label: str, text: str | Text, *, timed: bool = False) -> None:
        clock = f"{time.monotonic() - self._started:4.1f} s" if timed else ""
        table = Table.grid(padding=(0, 1))
        table.add_column(width=6, justify="right")
        table.add_column(width=_LABEL_WIDTH)
        table.add_column(max_width=self._console.width - _INDENT + 1, overflow="fold")
        table.add_row(Text(clock, "dim"), Text(label, _STYLES.get(label, "")), text)
        self._console.print(table)

    def _boxed(self, content: RenderableType) -> None:
        self._console.print(Padding(content, (0, 0, 0, _INDENT - 1)))


def _copied(event: Event, original: str | None) -> str:
    relation = {"exact": "word for word", "near": "nearly all", "contained": "a part"}
    share = f"{event['similarity']:.0%} of the shorter text stands in the other"
    return f"{relation[event['relation']]} of “{original or event['nearest']}” ({share})"


def _short(reason: str) -> str:
    """Return the reason of a miss without the verdict's own, which the claim's line has told."""
    return reason.partition(" (")[0]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
