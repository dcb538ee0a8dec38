# SPDX-License-Identifier: Apache-2.0
"""The configuration file: models, loading, and where every value came from.

What it is not: rules and seeds, which have loaders of their own. Rules of this file: unknown keys
are refused with a suggestion; every problem of every file is reported at once as `ConfigError`;
secrets are named by file and never held here. Precedence, weakest first: defaults, the main file,
`conf.d/*.toml` beside it in name order (tables are merged, `[[feed]]` and `[[subscriber]]` are
added), `FIGUREWATCH_SECTION__KEY` in the environment.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from monitor.config_fields import (
    Duration,
    FirstPoll,
    FullText,
    HeaderName,
    HeaderWords,
    HttpUrl,
    Identifier,
    ListenAddress,
    LoginName,
    Network,
    PublicUrl,
    Section,
    SmtpUrl,
    WayOut,
    WebSub,
    format_duration,
    is_loopback,
    parse_duration,
)
from monitor.config_mistakes import MOST_ROUNDS, is_behind, without_mistakes
from monitor.core.errors import ConfigError, Problem
from monitor.core.recognition import Thresholds
from monitor.subscriber_settings import RouteSettings, SubscriberSettings, as_written

__all__ = [
    "FeedSettings",
    "LoadedSettings",
    "RouteSettings",
    "Settings",
    "SubscriberSettings",
    "find_config",
    "format_duration",
    "inspect_settings",
    "load_settings",
    "parse_duration",
    "read_secrets",
    "settings_schema",
]

_ENVIRONMENT_PREFIX = "FIGUREWATCH_"
# What is shorter never ends well: a request without time, a loop without rest.
_SHORTEST = timedelta(milliseconds=100)
_SECOND = timedelta(seconds=1)


class StoreSettings(Section):
    """Where state lives."""

    path: str = Field(
        "figurewatch.db", min_length=1, description="SQLite file; relative to the state directory"
    )
    keep_free_mib: int = Field(
        50, ge=0, description="MiB kept free: with less on the disk no feed is polled"
    )


class FetchSettings(Section):
    """How feeds and article pages are fetched."""

    allow_networks: tuple[Network, ...] = Field(
        (), description="networks beyond the globally routable ones that may be reached, any port"
    )
    min_interval: Duration = Field(
        timedelta(minutes=5), ge=_SHORTEST, description="no feed is polled more often"
    )
    max_interval: Duration = Field(timedelta(hours=6), description="no healthy feed waits longer")
    per_host_interval: Duration = Field(
        timedelta(seconds=1), description="least time between two requests to one host"
    )
    full_text: FullText = Field(
        "auto", description="when the article page is read: auto, always, never"
    )
    deadline: Duration = Field(
        timedelta(seconds=30),
        ge=_SECOND,
        description="longest time one request may take, redirects and body included",
    )
    concurrency: int = Field(16, ge=1, le=256, description="requests under way at once")
    contact: HeaderWords = Field(
        "https://example.org/figurewatch", description="contact shown in the User-Agent"
    )
    websub: WebSub = Field(
        "auto", description="auto: let hubs push feeds that name one; needs web.public_url"
    )

    @model_validator(mode="after")
    def _intervals_are_in_order(self) -> FetchSettings:
        if self.max_interval < self.min_interval:
            msg = (
                f'max_interval "{format_duration(self.max_interval)}" is shorter than'
                f' min_interval "{format_duration(self.min_interval)}"'
            )
            raise ValueError(msg)
        return self


class RulesSettings(Section):
    """Which rule files are used."""

    paths: tuple[str, ...] = Field((), description="files or folders of your own rules")
    shipped: bool = Field(default=True, description="whether the shipped rules are used as well")
    measures: tuple[str, ...] = Field(
        (), description="measures to read beyond those of rules that may alert"
    )


class SeedsSettings(Section):
    """What a fresh store knows from the start."""

    packs: tuple[str, ...] = Field(
        ("north-korea-2024",), description="packs loaded once into a fresh store"
    )
    paths: tuple[str, ...] = Field(
        (), description="folders shaped like seeds/ whose files extend or override the shipped ones"
    )


class MemorySettings(Section):
    """When two texts are copies of one, and how long what is known is kept."""

    near: float = Field(
        0.55, gt=0, le=1, description="share of common words from which like texts are copies"
    )
    even: float = Field(
        0.45, gt=0, le=1, description="the same where edits are spread over the whole text"
    )
    whole: float = Field(
        0.85, gt=0, le=1, description="the same where the beginnings have nothing in common"
    )
    contained: float = Field(
        0.5, gt=0, le=1, description="share of a short text that stands in a longer one's beginning"
    )
    headline: float = Field(
        0.75, gt=0, le=1, description="share of common words of two headlines without a text"
    )
    keep_text: Duration = Field(
        timedelta(days=90), description="then an article loses its text, and is known all the same"
    )
    keep_articles: Duration = Field(
        timedelta(days=800),
        description="then an article without claims that no feed shows any more is forgotten",
    )

    @model_validator(mode="after")
    def _keeps_long_enough(self) -> MemorySettings:
        if self.keep_articles < timedelta(days=400) or self.keep_articles < self.keep_text:
            msg = 'keep_articles must be at least "400d" and not shorter than keep_text'
            raise ValueError(msg)
        return self

    @property
    def thresholds(self) -> Thresholds:
        """Return the shares as recognition takes them."""
        return Thresholds(
            near=self.near,
            even=self.even,
            whole=self.whole,
            contained=self.contained,
            headline=self.headline,
        )


class WebSettings(Section):
    """The pages that the daemon serves: health, metrics, alert feeds, and pages for readers."""

    enabled: bool = Field(default=False, description="whether the daemon serves pages at all")
    listen: ListenAddress = Field(
        "127.0.0.1:8787", description="address and port; beyond loopback a token is required"
    )
    token_file: str | None = Field(
        None, description="file holding the token that readers send as Bearer"
    )
    hosts: tuple[str, ...] = Field(
        (), description="names under which a reverse proxy asks for the pages"
    )

    public_url: PublicUrl | None = Field(
        None,
        description="where the outside reaches the pages, https://: links in mails, pushes of hubs",
    )
    topics: tuple[str, ...] = Field(
        ("*",), description="rules that anybody may subscribe to; empty: no new subscribers"
    )
    proxies: tuple[Network, ...] = Field(
        (), description="addresses of reverse proxies whose X-Forwarded-For is believed"
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @model_validator(mode="after")
    def _is_not_open_to_everybody(self) -> WebSettings:
        if self.public_url is not None and not self.enabled:
            msg = "public_url needs enabled = true: it would lead to pages that nobody serves"
            raise ValueError(msg)
        if self.enabled and self.token_file is None and not is_loopback(self.address[0]):
            msg = f"{self.listen} is not a loopback address; set token_file as well"
            raise ValueError(msg)
        return self


class EmailSettings(Section):
    """How mail leaves."""

    smtp: SmtpUrl = Field(
        "smtp://localhost:25", description="mail server; smtps:// for implicit TLS"
    )
    sender: str = Field(
        "Figurewatch <figurewatch@localhost>", alias="from", description="From header"
    )
    username: str | None = Field(None, description="login name, if the server wants one")
    password_file: str | None = Field(None, description="file holding the password")
    timeout: Duration = Field(
        timedelta(seconds=60), ge=_SECOND, description="longest wait for one answer"
    )
    unsubscribe: WayOut | None = Field(
        None, description="where readers can leave: https:// (takes a POST) or mailto:"
    )

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class DeliverySettings(Section):
    """How long and how often a delivery is tried again."""

    first_retry: Duration = Field(
        timedelta(seconds=30),
        ge=_SHORTEST,
        description="wait after the first failure",
    )
    max_retry: Duration = Field(timedelta(hours=3), description="longest wait between two tries")
    retry_for: Duration = Field(timedelta(days=2), description="then the delivery is a dead letter")
    heartbeat_file: str | None = Field(
        None, description="file with a URL that is asked for while all is well"
    )
    heartbeat_every: Duration = Field(
        timedelta(minutes=5), ge=timedelta(seconds=10), description="how often, at least 10 s"
    )
    operators: tuple[str, ...] = Field(
        (), description="subscribers who are told of troubles: feeds, channels, dead letters, disk"
    )
    alarm_after_failures: int = Field(
        5, ge=1, le=100, description="failed polls in a row before operators hear of a feed"
    )

    @model_validator(mode="after")
    def _retries_are_in_order(self) -> DeliverySettings:
        if self.max_retry < self.first_retry:
            msg = (
                f'max_retry "{format_duration(self.max_retry)}" is shorter than'
                f' first_retry "{format_duration(self.first_retry)}"'
            )
            raise ValueError(msg)
        return self


class CanarySettings(Section):
    """A made-up figure that is sent through everything, to see that alerts still arrive."""

    subscriber: str | None = Field(None, description="who is told; without one no canary is sent")
    every: Duration = Field(timedelta(hours=1), ge=_SECOND, description="how often")
    alarm_after: Duration = Field(
        timedelta(minutes=15), ge=_SECOND, description="not delivered by then, operators are told"
    )


class LogSettings(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level logged"
    )
    format: Literal["auto", "console", "json"] = Field(
        "auto", description="auto: console on a terminal, else JSON lines"
    )


class FeedSettings(Section):
    """One feed."""

    id: Identifier = Field(description="short name used in logs, status and rules")
    url: HttpUrl = Field(description="address of the RSS, Atom or JSON feed")
    publisher: str = Field("", description="organisation behind the feed; default: the id")
    interval: Duration | None = Field(
        None, ge=_SHORTEST, description="time between polls; default: from the feed's own rhythm"
    )
    full_text: FullText | None = Field(None, description="overrides fetch.full_text")
    websub: WebSub | None = Field(None, description="overrides fetch.websub")
    first_poll: FirstPoll = Field(
        "recent",
        description="what may alert on the first poll: recent (48 h), all, silent (nothing)",
    )
    enabled: bool = Field(default=True, description="false keeps the feed but does not poll it")
    username: LoginName | None = Field(
        None, description="login name, sent with the password of password_file (Basic)"
    )
    password_file: str | None = Field(None, description="file holding the password")
    token_file: str | None = Field(
        None, description="file holding a token, sent as Bearer or in `header`"
    )
    header: HeaderName | None = Field(
        None, description="header that carries the token, instead of Authorization"
    )

    @model_validator(mode="after")
    def _has_one_login(self) -> FeedSettings:
        if (self.username is None) != (self.password_file is None):
            msg = "username and password_file belong together"
            raise ValueError(msg)
        if self.token_file is not None and self.password_file is not None:
            msg = "password_file and token_file exclude each other"
            raise ValueError(msg)
        if self.header is not None and self.token_file is None:
            msg = "header needs token_file"
            raise ValueError(msg)
        return self


class Settings(Section):
    """The whole configuration."""

    store: StoreSettings = StoreSettings()
    fetch: FetchSettings = FetchSettings()
    rules: RulesSettings = RulesSettings()
    seeds: SeedsSettings = SeedsSettings()
    memory: MemorySettings = MemorySettings()
    web: WebSettings = WebSettings()
    email: EmailSettings = EmailSettings()
    delivery: DeliverySettings = DeliverySettings()
    canary: CanarySettings = CanarySettings()
    log: LogSettings = LogSettings()
    feed: tuple[FeedSettings, ...] = ()
    subscriber: tuple[SubscriberSettings, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Settings:
        for name, rows in (("feed", self.feed), ("subscriber", self.subscriber)):
            ids = [row.id for row in rows]
            twice = sorted({row for row in ids if ids.count(row) > 1})
            if twice:
                msg = f"{name} id used twice: {', '.join(twice)}"
                raise ValueError(msg)
        return self


class _Schema(GenerateJsonSchema):
    """Writes defaults as a file spells them."""

    def encode_default(self, dft: Any) -> Any:
        """Return a default value as JSON-ready data."""
        if isinstance(dft, timedelta):
            return format_duration(dft)
        return super().encode_default(as_written(dft))


def settings_schema() -> dict[str, object]:
    """Return the JSON Schema of the configuration file."""
    schema = Settings.model_json_schema(by_alias=True, schema_generator=_Schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


class LoadedSettings:
    """Validated settings, the file they came from, and the origin of each value.

    `origins` maps a dotted key ("fetch.min_interval") to the file or environment variable that
    set it last; keys that are not in it have their default.
    """

    def __init__(self, settings: Settings, path: Path | None, origins: Mapping[str, str]) -> None:
        self.settings = settings
        self.path = path
        self.origins = dict(origins)

    @property
    def base(self) -> Path:
        """The directory that relative paths in the configuration are taken from."""
        return self.path.parent if self.path is not None else Path.cwd()

    def resolve(self, value: str) -> Path:
        """Return a path of the configuration as an absolute one."""
        return (self.base / Path(value).expanduser()).absolute()

    @property
    def database(self) -> Path:
        """The SQLite file: under systemd's state directory, else the user's, else beside the file.

        With a configuration file a relative path is taken from that file's directory; without one,
        from the user's state directory.
        """
        path = Path(self.settings.store.path).expanduser()
        if path.is_absolute():
            return path
        state = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
        if state:
            return Path(state) / path
        if self.path is None:
            return Path(platformdirs.user_state_dir("figurewatch")) / path
        return (self.base / path).absolute()


def find_config(explicit: str | None) -> Path | None:
    """Return the configuration file to use: the explicit one, else the first that exists."""
    if explicit:
        return Path(explicit).absolute()
    named = os.environ.get("FIGUREWATCH_CONFIG")
    if named:
        return Path(named).absolute()
    candidates = (
        Path(platformdirs.user_config_dir("figurewatch")) / "config.toml",
        Path("/etc/figurewatch/config.toml"),
    )
    return next((path for path in candidates if path.is_file()), None)


def load_settings(path: Path | None, environment: Mapping[str, str]) -> LoadedSettings:
    """Read, merge and validate the configuration; raise `ConfigError` with every problem."""
    loaded, problems = inspect_settings(path, environment)
    if problems:
        raise ConfigError(problems)
    return loaded


def inspect_settings(
    path: Path | None, environment: Mapping[str, str]
) -> tuple[LoadedSettings, tuple[Problem, ...]]:
    """Return the settings and every problem of them, as `load_settings` would raise them.

    Where there are problems the settings are what is left without them: good only for finding more.
    Raises `ConfigError` when a file cannot be read at all.
    """
    tree: dict[str, object] = {}
    origins: dict[str, str] = {}
    problems: list[Problem] = []
    if path is not None:
        for file in (path, *sorted((path.parent / "conf.d").glob("*.toml"))):
            _merge_file(file, tree, origins, problems)
    _merge_environment(environment, tree, origins)
    if problems:
        raise ConfigError(tuple(problems))
    where = str(path) if path is not None else "environment"
    rest, touched = tree, set[str]()
    for _ in range(MOST_ROUNDS):
        try:
            return LoadedSettings(Settings.model_validate(rest), path, origins), tuple(problems)
        except ValidationError as error:
            found = _problems(error, where, tree, origins, touched)
            problems += [problem for problem in found if problem not in problems]
            rest, lost = without_mistakes(rest, error)
            touched |= lost
    raise ConfigError(tuple(problems))


def _merge_file(
    file: Path, tree: dict[str, object], origins: dict[str, str], problems: list[Problem]
) -> None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.append(Problem(file=str(file), message=error.strerror or str(error)))
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        problems.append(
            Problem(
                file=str(file), message=f"not TOML: {error}", line=int(line[1]) if line else None
            )
        )
        return
    for section, value in content.items():
        known = tree.get(section)
        if isinstance(value, dict) and isinstance(known, dict):
            known.update(value)
        elif isinstance(value, list) and isinstance(known, list):
            known.extend(value)
        else:
            tree[section] = value
        if isinstance(value, dict):
            origins.update({f"{section}.{key}": str(file) for key in value})
        elif isinstance(value, list):
            start = len(tree[section]) - len(value)  # type: ignore[arg-type]
            origins.update({f"{section}[{start + row}]": str(file) for row in range(len(value))})
        else:
            origins[section] = str(file)


def _merge_environment(
    environment: Mapping[str, str], tree: dict[str, object], origins: dict[str, str]
) -> None:
    for name, value in sorted(environment.items()):
        section, separator, key = name.removeprefix(_ENVIRONMENT_PREFIX).lower().partition("__")
        if not name.startswith(_ENVIRONMENT_PREFIX) or not separator:
            continue
        table = tree.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = _environment_value(value)
            origins[f"{section}.{key}"] = f"${name}"


def _environment_value(value: str) -> object:
    """Read a value the way TOML would, so that lists, numbers and booleans work; else as text."""
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _problems(
    error: ValidationError,
    file: str,
    tree: Mapping[str, object],
    origins: Mapping[str, str],
    touched: set[str],
) -> list[Problem]:
    found = []
    for mistake in error.errors(include_url=False):
        if is_behind(mistake, touched):
            continue
        where = _dotted(mistake["loc"], tree)
        message = mistake["msg"].removeprefix("Value error, ")
        if mistake["type"] == "extra_forbidden":
            message = "unknown key" + _suggestion(mistake["loc"])
        elif mistake["type"] == "missing":
            message = "is required"
        origin = max(
            (key for key in origins if where.startswith(key.split("[")[0])), default=None, key=len
        )
        row = re.match(r"(\w+)\[(\d+)", where)
        if row and f"{row[1]}[{row[2]}]" in origins:
            origin = f"{row[1]}[{row[2]}]"
        found.append(
            Problem(file=origins[origin] if origin else file, field=where or None, message=message)
        )
    return found


def _dotted(location: tuple[int | str, ...], tree: Mapping[str, object]) -> str:
    """Write a location as people point at it: `feed[2] (id "dw").url`."""
    text = ""
    node: object = tree
    for part in location:
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
            text += f"[{part}]"
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                text += f" (id {node['id']!r})"
        else:
            node = node.get(part) if isinstance(node, dict) else None
            text += f".{part}" if text else part
    return text


def _suggestion(location: tuple[int | str, ...]) -> str:
    model: type[BaseModel] | None = Settings
    for part in location[:-1]:
        if isinstance(part, str) and model is not None:
            model = _MODELS.get(part)
    if model is None:
        return ""
    keys = [item.alias or name for name, item in model.model_fields.items()]
    close = difflib.get_close_matches(str(location[-1]), keys, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known keys: {', '.join(sorted(keys))}"


_MODELS: dict[str, type[BaseModel]] = {
    "store": StoreSettings,
    "fetch": FetchSettings,
    "rules": RulesSettings,
    "seeds": SeedsSettings,
    "memory": MemorySettings,
    "web": WebSettings,
    "email": EmailSettings,
    "delivery": DeliverySettings,
    "canary": CanarySettings,
    "log": LogSettings,
    "feed": FeedSettings,
    "subscriber": SubscriberSettings,
    "route": RouteSettings,
}


def read_secrets(path: Path) -> tuple[str, ...]:
    """Return the non-empty lines of a secret file; raise `ConfigError` when it cannot be used."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(
            (Problem(file=str(path), message=f"secret cannot be read: {reason}"),)
        ) from error
    if not lines:
        raise ConfigError((Problem(file=str(path), message="secret file is empty"),))
    return tuple(lines)
