# SPDX-License-Identifier: Apache-2.0
"""The command line: `figurewatch COMMAND`.

Rules of this file: importing it imports click and nothing else, so that `--help` and `version` stay
quick; each command lives in a module named in `_COMMANDS` and is imported when it is used. Exit
codes: 0 done, 1 problems found, 2 usage, 3 not running, 70 a defect of ours, 74 state, 75 try again,
77 permission, 78 configuration.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click

from monitor import __version__

# command -> module that defines it under the same name (dashes become underscores), short help
_COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("monitor.cli.run", "Run the daemon."),
    "poll": ("monitor.cli.run", "Poll the feeds that are due, deliver, and exit."),
    "extract": ("monitor.cli.texts", "Read claims out of texts."),
    "replay": ("monitor.cli.texts", "Run articles through the whole decision, in order."),
    "dedup": ("monitor.cli.texts", "Say which articles are copies of which."),
    "explain": ("monitor.cli.explain", "Say why an article did or did not alert."),
    "feeds": ("monitor.cli.feeds", "List, add and remove feeds."),
    "rules": ("monitor.cli.rules", "List, check and test rules; print their schema."),
    "claims": ("monitor.cli.claims", "List, show and reject claims of the ledger."),
    "series": ("monitor.cli.series", "List series; show who holds which figure since when."),
    "seeds": ("monitor.cli.seeds", "Build, list, verify and import what a fresh install knows."),
    "alerts": ("monitor.cli.alerts", "List, show, resend, acknowledge and silence alerts."),
    "outbox": ("monitor.cli.outbox", "List, show, retry and drop deliveries."),
    "subscribers": ("monitor.cli.subscribers", "List, show, add and remove subscribers."),
    "corpus": ("monitor.cli.corpus", "Count what the site already knows."),
    "notify": ("monitor.cli.notify", "Send test messages."),
    "db": ("monitor.cli.db", "Back up, check, restore, migrate and tidy the database."),
    "config": ("monitor.cli.config", "Show and check the configuration."),
    "status": ("monitor.cli.status", "Say how the daemon and its feeds are doing."),
    "doctor": ("monitor.cli.doctor", "Look whether this machine and site are fit to run it."),
    "demo": ("monitor.cli.demo", "Show everything at work on a small news world of its own."),
    "version": ("monitor.cli.version", "Print the version."),
}

EXIT_PROBLEMS = 1
EXIT_NOT_RUNNING = 3
EXIT_SOFTWARE = 70
EXIT_STATE = 74
EXIT_TRY_AGAIN = 75
EXIT_PERMISSION = 77
EXIT_CONFIG = 78


class _LazyGroup(click.Group):
    """Finds commands in `_COMMANDS` and imports their module only when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101  (a table of our own)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        # MonitorError's module is ours and tiny; imported here all the same to keep --help bare.
        from monitor.core.errors import ConfigError, MonitorError  # noqa: PLC0415

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            for problem in error.problems:
                click.echo(f"error: {problem}", err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' * (count != 1)} found; nothing was started", err=True)
            sys.exit(EXIT_CONFIG)
        except BrokenPipeError:
            # The reader of our output left (for example `| head`): not an error of ours.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except MonitorError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(_exit_code(error))
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except OSError as error:
            # A disk that cannot be written is no defect of ours, and a restart does not help.
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"error: {where}{error.strerror or error}", err=True)
            denied = isinstance(error, PermissionError)
            sys.exit(EXIT_PERMISSION if denied else EXIT_STATE)
        except Exception:  # noqa: BLE001  (where a defect of ours ends up)
            traceback.print_exc()
            sys.exit(EXIT_SOFTWARE)


def _exit_code(error: Exception) -> int:
    names = {"StateLockedError": EXIT_TRY_AGAIN, "StoreError": EXIT_STATE}
    return names.get(type(error).__name__, EXIT_PROBLEMS)


@click.command(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="figurewatch")
def main() -> None:
    """Tell people once, quickly and with proof, when a new figure appears in the news."""
