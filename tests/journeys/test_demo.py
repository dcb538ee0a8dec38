# SPDX-License-Identifier: Apache-2.0
"""The demo as a visitor starts it: a process that runs the daemon and ends with it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.demo.promise import shortcomings
from monitor.demo.record import Record
from monitor.demo.servers import Hook, Newsstand
from monitor.demo.world import load_world

_ROOT = Path(__file__).resolve().parents[2]
_DEMO = (sys.executable, "-m", "monitor", "demo", "--pause", "0")
_TOO_LONG = 90

pytestmark = pytest.mark.journey


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which temporary folders land in `folder`."""
    return {
        **os.environ,
        "TMPDIR": str(folder),
        # What would break a daemon that read the user's settings.
        "FIGUREWATCH_FETCH__MIN_INTERVAL": "1d",
        "STATE_DIRECTORY": "/nonexistent",
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Run the demo once, without a terminal; give what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        _DEMO,
        cwd=_ROOT,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=_TOO_LONG,
        check=False,
    )
    assert list(folder.iterdir()) == []
    return done


def test_the_demo_keeps_its_promise(shown: subprocess.CompletedProcess[str]) -> None:
    """Exit code 0, nothing on standard error, and no colour codes without a terminal."""
    assert shown.returncode == 0, shown.stdout[-3000:] + shown.stderr
    assert shown.stderr == ""
    assert "\x1b" not in shown.stdout
    assert "All as promised" in shown.stdout


@pytest.mark.parametrize(
    "line",
    [
        r"corpus +north-korea-2024: \d+ seeded articles, \d+ claims",
        r"poll +Meridian Wire \(RSS\): 2 entries, 2 not seen before",
        r"poll +Harbour Courier \(Atom\): 1 entry, 1 not seen before",
        r"poll +Northern Ledger \(JSON Feed\): 1 entry, 1 not seen before",
        r"poll +\d polls of every feed: nothing new \(HTTP 304\)",
        r"article +Kyiv revises its picture .* \(text read from its page\)",
        r"claim +11,000 North Korean troops in Kursk \(Volodymyr Zelensky\)\n +restatement: same as",
        r"copy +a part of “South Korea's spy agency raises North Korean estimate”",
        r"copy +nearly all of “South Korea's spy agency raises North Korean estimate”",
        r"rule +troops\.nk-in-russia fired: verdict new is in alert_on",
        r"rule +troops\.nk-in-russia did not fire: verdict restatement is not in alert_on",
        r"rule +troops\.nk-in-russia fired, verdict corroboration, which it keeps for the digest",
        r"webhook +figure\.new, msg_\w+, signature verified",
        r"webhook +figure\.revision, msg_\w+, signature verified",
        r"North Korean troops in Kursk: 11,000 -> 13,500",
        r"\*13,500\* North Korean",
        r"alerts +2\n",
        r"messages +2 e-mails, 2 webhooks \(2 signatures verified\)",
        r"make run CONFIG=my\.toml",
    ],
)
def test_the_demo_shows(shown: subprocess.CompletedProcess[str], line: str) -> None:
    """Corpus, polls, copies, claims, rules with their reasons, messages, and how to go on."""
    text = re.sub(r" +$", "", shown.stdout, flags=re.MULTILINE)
    assert re.search(line, text), text


@contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen[str]]:
    demo = subprocess.Popen(
        _DEMO,
        cwd=_ROOT,
        env=_environment(folder) | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield demo
    finally:
        if demo.poll() is None:
            demo.kill()
        demo.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demo_ends_its_daemon(tmp_path: Path, number: signal.Signals) -> None:
    """An interrupt, a kill or a closed terminal ends daemon and demo and leaves no file."""
    with _started(tmp_path) as demo:
        assert demo.stdout is not None
        started = next(line for line in demo.stdout if "figurewatch run, process" in line)
        daemon = int(re.findall(r"process (\d+)", started)[0])
        demo.send_signal(number)
        _, errors = demo.communicate(timeout=_TOO_LONG)
    assert demo.returncode == 130
    assert "nothing was left behind" in errors
    assert not Path(f"/proc/{daemon}").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_did_not_happen_is_named() -> None:
    """A demo in which nothing arrived says so for the corpus and for every article."""
    world = load_world()
    missing = shortcomings(world, Record(), [], [], 1)
    assert len(missing) == len(world.articles) + 2
    assert "no seeded corpus was loaded" in missing
    assert any("expected alert:new, got nothing" in line for line in missing)
    assert "the daemon ended with exit code 1" in missing


def test_a_wrong_signature_is_not_taken() -> None:
    """The demo's receiver verifies for real: a webhook that nobody signed is refused and told."""
    stand = Newsstand(world=load_world(), start=None, secret="whsec_" + "A" * 32)  # type: ignore[arg-type]
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    assert stand.take_hook(b'{"type": "figure.new"}', headers) == 401
    assert stand.hooks == [Hook(message="msg_1", type="figure.new", title="", verified=False)]
    missing = shortcomings(stand.world, Record(), [], stand.hooks, 0)
    assert "the signature of webhook msg_1 is wrong" in missing
