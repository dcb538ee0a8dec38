# SPDX-License-Identifier: Apache-2.0
"""`make eval`: how well extraction reads the project's own passages, as a table.

Two parts: `tune` (sentences, news and the dev files) is what the grammar may be mended on; `held` was written by
the labelling guide (README.md beside this) without sight of the grammar, and only its totals are looked at, so
`--errors` never shows it. A claim is matched by its interval;
fields are judged on matched claims only. Rules of this file: everything is counted, nothing is timed.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.core.claims import Document, extract
from monitor.core.knowledge import Knowledge
from monitor.core.model import Claim
from monitor.knowledge import shipped_knowledge

FOLDER = Path(__file__).parent
TUNE = (
    "sentences.toml",
    "news.toml",
    "dev.toml",
    "dev2.toml",
    "dev3.toml",
    "dev4.toml",
    "dev5.toml",
    "dev6.toml",
    "dev7.toml",
    "dev8.toml",
    "dev9.toml",
    "dev11.toml",
    "dev11b.toml",
    "dev11c.toml",
    "dev11d.toml",
    "dev11e.toml",
    "dev10.toml",
    "dev10b.toml",
    "dev12.toml",
    "dev12b.toml",
    "dev12c.toml",
    "dev12d.toml",
    "dev12e.toml",
    "dev13.toml",
    "dev13b.toml",
    "dev11f.toml",
    "dev11g.toml",
    "dev11h.toml",
    "dev11i.toml",
    "dev10c.toml",
    "dev12f.toml",
    "dev12g.toml",
    "dev12h.toml",
    "dev13c.toml",
    "dev13d.toml",
    "dev20.toml",
    "dev21.toml",
    "dev30.toml",
    "dev31.toml",
    "dev33.toml",
    "dev34.toml",
    "dev40.toml",
    "dev50.toml",
    "dev51.toml",
    "dev52.toml",
    "dev53.toml",
    "dev60.toml",
)
HELD = ("held.toml",)
PUBLISHED = datetime(2024, 11, 5, tzinfo=UTC)
FIELDS = ("bound", "force", "place", "family", "status", "kind")
# Registers whose passages are spoken; all others are written.
SPOKEN = frozenset({"speech"})
# Registers of news that is about something else, where every claim is a false one.
GENERAL = frozenset({"general", "equipment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """One figure that a passage claims; a field that the older files do not give is not judged."""

    low: int
    high: int
    fields: Mapping[str, str | None]
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text with its gold."""

    id: str
    register: str
    title: str | None
    text: str
    published: datetime
    claims: tuple[Gold, ...]
    measure: str = "troops"


@dataclass(slots=True)
class Score:
    """Counts over passages."""

    matched: int = 0
    missed: int = 0
    extra: int = 0
    right: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    confidence: list[tuple[int, float, bool]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Return the share of extracted claims that are right."""
        return _share(self.matched, self.matched + self.extra)

    @property
    def recall(self) -> float:
        """Return the share of gold claims that were found."""
        return _share(self.matched, self.matched + self.missed)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return _share(2 * self.matched, 2 * self.matched + self.extra + self.missed)

    def share(self, name: str) -> float:
        """Return the share of judged fields of a name that are right."""
        return _share(self.right[name], self.judged[name])

    @property
    def all_fields(self) -> float:
        """Return the share of matched claims with every field right."""
        return _share(self.whole, self.matched)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


# --- reading the corpus --------------------------------------------------------------------------


def passages(names: Iterable[str]) -> list[Passage]:
    """Return the passages of the named files, in order."""
    return [passage for name in names for passage in _file(FOLDER / name)]


def digest() -> str:
    """Return a digest of all corpus files, which pins the floors to what they were reached on."""
    together = hashlib.sha256()
    for name in (*TUNE, *HELD):
        together.update((FOLDER / name).read_bytes())
    return together.hexdigest()[:16]


def _file(path: Path) -> Iterator[Passage]:
    table = tomllib.loads(path.read_text("utf-8"))
    for number, entry in enumerate(
        [*table.get("sentence", ()), *table.get("passage", ())], start=1
    ):
        yield Passage(
            id=f"{path.stem}/{entry.get('id', number)}",
            register=entry.get("register", _guessed(entry)),
            title=entry.get("title"),
            text=entry["text"],
            published=entry.get("published", PUBLISHED),
            claims=tuple(
                _line(claim) if isinstance(claim, str) else _table(claim)
                for claim in entry["claims"]
            ),
            measure=entry.get("measure", "troops"),
        )


def _guessed(entry: Mapping[str, str]) -> str:
    """The older files name no register: a quotation with a claim in it counts as speech."""
    return "speech" if entry["text"].lstrip().startswith(('"', "“")) else "wire"


def _table(claim: Mapping[str, object]) -> Gold:
    given = {name: claim.get(name) for name in FIELDS if name != "kind" or "kind" in claim}
    return Gold(low=int(str(claim["low"])), high=int(str(claim["high"])), fields=given)  # type: ignore[arg-type]


def _line(line: str) -> Gold:
    cells = [cell.strip() for cell in line.split("|")]
    value, force, place, family = cells[:4]
    status, kind = [*cells[4:6], *("present", "total")[len(cells) - 4 :]]
    bound = {">=": "at_least", "<=": "at_most"}.get(value[:2], "none")
    low, _, high = value.lstrip("<>=~").partition("-")
    known = {"force": force, "place": place, "family": family}
    return Gold(
        low=int(low),
        high=int(high or low),
        fields={name: None if cell == "?" else cell for name, cell in known.items()}
        | {"bound": bound, "status": status, "kind": kind},
    )


# --- scoring -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """What went wrong in a passage, and the layer whose rule it was."""

    passage: Passage
    layer: str
    what: str


def read(passage: Passage, knowledge: Knowledge) -> tuple[tuple[Claim, ...], Mapping[int, str]]:
    """Return the claims of a passage's measure, and why other numbers were rejected."""
    found = extract(
        Document(title=passage.title, text=passage.text, published=passage.published),
        knowledge,
        measures=(passage.measure,),
    )
    return found.claims, {int(item.value or 0): item.reason for item in found.rejected}


def score(
    chosen: Sequence[Passage], knowledge: Knowledge, errors: list[Error] | None = None
) -> Score:
    """Score passages; what is wrong is appended to `errors`."""
    total = Score()
    for passage in chosen:
        _score_one(passage, knowledge, total, errors if errors is not None else [])
    return total


def _score_one(passage: Passage, knowledge: Knowledge, total: Score, errors: list[Error]) -> None:
    claims, reasons = read(passage, knowledge)
    left = list(claims)
    for gold in passage.claims:
        claim = _best(gold, left)
        if claim is None:
            total.missed += 1
            reason = reasons.get(gold.low, "number")
            errors.append(Error(passage=passage, layer=f"missed:{reason}", what=str(gold.low)))
            continue
        left.remove(claim)
        total.matched += 1
        wrong = _judge(gold, claim, total)
        total.confidence.append((claim.points, claim.confidence, not _CRITICAL & set(wrong)))
        why = dict(claim.why)
        errors.extend(
            Error(passage=passage, layer=f"{name}:{why.get(_WHY.get(name, name), '')}", what=what)
            for name, what in wrong.items()
        )
    for claim in left:
        total.extra += 1
        total.confidence.append((claim.points, claim.confidence, False))
        shape = dict(claim.why)["head"]
        errors.append(Error(passage=passage, layer=f"extra:{shape}", what=claim.surface))


# What makes an alert wrong, besides a wrong number: these fields of the claim.
_CRITICAL = frozenset({"force", "status", "bound"})
_WHY = {"family": "source", "bound": "value"}


def _best(gold: Gold, claims: Sequence[Claim]) -> Claim | None:
    """Return the claim of the gold's interval that agrees in most fields."""
    same = [claim for claim in claims if (claim.low, claim.high) == (gold.low, gold.high)]
    return max(same, key=lambda claim: sum(_agreement(gold, claim).values()), default=None)


def _agreement(gold: Gold, claim: Claim) -> dict[str, bool]:
    got = fields_of(claim)
    return {name: _same(wanted, got[name]) for name, wanted in gold.fields.items()}


def _judge(gold: Gold, claim: Claim, total: Score) -> dict[str, str]:
    agreement = _agreement(gold, claim)
    total.judged.update(list(agreement))
    total.right.update(name for name, right in agreement.items() if right)
    total.whole += all(agreement.values())
    got = fields_of(claim)
    return {
        name: f"{claim.surface}: {got[name]} is not {gold.fields[name]}"
        for name, right in agreement.items()
        if not right
    }


def _slug(name: str | None) -> str | None:
    """Write a place that the gazetteer does not know as the labels do."""
    return "-".join(name.lower().split()) if name else None


def fields_of(claim: Claim) -> dict[str, str | None]:
    """Return the judged fields of a claim."""
    return {
        "bound": claim.bound.value,
        "force": claim.force,
        "place": claim.place or _slug(claim.place_text),
        "family": claim.source.family if claim.source else None,
        "status": claim.status.value,
        "kind": claim.kind.value,
    }


def _same(wanted: str | None, got: str | None) -> bool:
    """Compare a field; of two ad-hoc speakers ("text:officials") a common word is enough."""
    if wanted == got or not (wanted and got and wanted.startswith("text:")):
        return wanted == got
    return bool(_stems(wanted) & _stems(got)) and got.startswith("text:")


def _stems(family: str) -> set[str]:
    return {word.rstrip("s") for word in family.removeprefix("text:").split()}


# --- the report ----------------------------------------------------------------------------------


def kept(chosen: Sequence[Passage], registers: Iterable[str], knowledge: Knowledge) -> float:
    """Return the share of passages of these registers without gold from which a claim was taken."""
    wanted = [item for item in chosen if item.register in set(registers) and not item.claims]
    return sum(bool(read(item, knowledge)[0]) for item in wanted) / len(wanted) if wanted else 0.0


_FORMS = ("11,000", "11.000", "11 000", "11K", "eleven thousand", "11 thousand", "11'000")
_FRAMES = (
    "The Pentagon said on Monday that {} North Korean troops are in Kursk.",
    "Some {} North Korean troops are in Kursk, the Pentagon said on Monday.",
    "“{} North Korean troops are in Kursk,” the Pentagon said on Monday.",
    "According to the Pentagon, North Korea has deployed {} soldiers to Kursk.",
    "{} North Korean soldiers have been deployed to Kursk, according to the Pentagon.",
    "The number of North Korean soldiers in Kursk has reached {}, the Pentagon said.",
    "“There are {} North Koreans fighting in Kursk,” the Pentagon spokesman said.",
)


def metamorphic(knowledge: Knowledge) -> tuple[int, int]:
    """Return how many of the rewritten sentences give the one claim, and how many there are."""
    wanted = (11_000, 11_000, "KP", "kursk", "us-government", "present")
    good = count = 0
    for frame in _FRAMES:
        for form in _FORMS:
            claims = extract(
                Document(text=frame.format(form), published=PUBLISHED), knowledge
            ).claims
            got = [
                (c.low, c.high, c.force, c.place, c.source and c.source.family, c.status.value)
                for c in claims
            ]
            good += got == [wanted]
            count += 1
    return good, count


def _row(name: str, total: Score) -> str:
    cells = [total.precision, total.recall, total.f1, *map(total.share, FIELDS), total.all_fields]
    counts = f"{total.matched:5d}{total.missed:5d}{total.extra:5d}"
    return f"{name:22s}{counts}  " + " ".join(f"{cell:6.3f}" for cell in cells)


def report(knowledge: Knowledge) -> Iterator[str]:
    """Yield the lines of the table."""
    names = ("prec", "rec", "F1", *FIELDS, "all")
    yield f"corpus {digest()}, knowledge {knowledge.version}"
    yield f"{'':22s}{'hit':>5s}{'miss':>5s}{'xtra':>5s}  " + " ".join(f"{n:>6s}" for n in names)
    for part, files in (("tune", TUNE), ("held", HELD)):
        chosen = passages(files)
        for slice_, is_in in (
            ("all", lambda _: True),
            ("written", lambda item: item.register not in SPOKEN),
            ("spoken", lambda item: item.register in SPOKEN),
        ):
            yield _row(f"{part} {slice_}", score([p for p in chosen if is_in(p)], knowledge))
        general = 1000 * kept(chosen, GENERAL, knowledge)
        casualties = 100 * kept(chosen, ("casualty",), knowledge)
        yield f"  false per 1,000 general items {general:.1f}; casualty passages kept {casualties:.1f} %"
    good, count = metamorphic(knowledge)
    yield f"metamorphic {good}/{count}"
    yield from _calibration(score(passages((*TUNE, *HELD)), knowledge))


def _calibration(total: Score) -> Iterator[str]:
    yield "confidence   claims  right"
    for decile in range(10):
        inside = [
            right for _, c, right in total.confidence if decile <= min(9, int(c * 10)) < decile + 1
        ]
        if inside:
            yield f"  {decile / 10:.1f}-{(decile + 1) / 10:.1f} {len(inside):9d}  {sum(inside) / len(inside):.3f}"


def fitted(points: Iterable[tuple[int, bool]]) -> list[tuple[int, float]]:
    """Return a rising table from points to the share that is right, neighbours pooled until it rises.

    Two imagined claims, one right and one wrong, stand in every step: small steps promise little.
    """
    steps: list[list[float]] = []
    counted: dict[int, list[bool]] = {}
    for point, right in points:
        counted.setdefault(point, []).append(right)
    for point in sorted(counted):
        steps.append([point, sum(counted[point]), len(counted[point])])
        while len(steps) > 1 and (
            _smooth(steps[-1]) <= _smooth(steps[-2]) or steps[-2][2] < _LEAST_STEP
        ):
            _, right, every = steps.pop()
            steps[-1][1] += right
            steps[-1][2] += every
    return [(int(step[0]), round(_smooth(step), 2)) for step in reversed(steps)]


_LEAST_STEP = 12


def _smooth(step: Sequence[float]) -> float:
    return (step[1] + 1) / (step[2] + 2)


def write_calibration() -> None:
    """Fit the table on the tuning part and ship it with the seeds."""
    total = score(passages(TUNE), shipped_knowledge())
    table = fitted((point, right) for point, _, right in total.confidence)
    lines = [
        "# What a sum of confidence points stands for: [least points, probability], fitted by `make fit`",
        f"# on the {len(total.confidence)} claims found in the tuning part of tests/corpus.",
        "table = [",
        *(f"  [{point}, {value}]," for point, value in table),
        "]",
    ]
    path = FOLDER.parents[1] / "seeds" / "calibration" / "confidence.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and with `--errors` what is wrong in the tuning part, by layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list errors of the tuning part")
    parser.add_argument("--fit", action="store_true", help="fit the confidence table anew")
    chosen = parser.parse_args(arguments)
    if chosen.fit:
        write_calibration()
        return
    knowledge = shipped_knowledge()
    for line in report(knowledge):
        sys.stdout.write(f"{line}\n")
    if chosen.errors:
        errors: list[Error] = []
        score(passages(TUNE), knowledge, errors)
        for error in sorted(errors, key=lambda item: item.layer):
            sys.stdout.write(
                f"{error.layer:28s} {error.passage.id:14s} {error.what}\n    {error.passage.text}\n"
            )


if __name__ == "__main__":
    main()
