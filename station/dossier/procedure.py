"""The legal order of steps, read from dated TOML (`procedures/*.toml`). A rule that changes is a new file, never an ``if``.

`load_procedure` gives one by name; `select_procedure` says which is in force for a person on a day.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from biometrics.positions import SLAP_FINGERS, FingerPosition, Impression, fingers_of
from station.errors import InputError, ProcedureError
from station.vietnam.dates import PartialDate, age_on
from station.vietnam.paper_kinds import paper_kinds


class Modality(StrEnum):
    """What a capture is of."""

    FINGER = "finger"
    FACE = "face"
    IRIS = "iris"


class Stage(StrEnum):
    """The work steps of a dossier, in the words of Circular 60/2021 art. 5 (iris: law of 2024)."""

    LOOK_UP = "look-up"
    CLASSIFY = "classify"
    FINGERS = "fingers"
    PORTRAIT = "portrait"
    IRIS = "iris"
    SIGN = "sign"
    POPULATION_FORMS = "population-forms"
    FEE = "fee"
    OLD_CARD = "old-card"
    SLIP = "slip"
    HAND_OVER = "hand-over"


class Desk(StrEnum):
    """Places of the counter's pipeline."""

    CLERK = "clerk"
    FORM = "form"
    FINGERS = "fingers"
    PORTRAIT = "portrait"
    FINISH = "finish"


_KIND_OF_FINGER: Final = {1: "thumb", 2: "index", 3: "middle", 4: "ring", 5: "little"}


@dataclass(frozen=True, slots=True)
class CaptureStep:
    """One capture of the procedure.

    `position` is UNKNOWN for a face or iris. `thresholds` holds the least score (0..100) per finger; for a face or iris under
    UNKNOWN. A capture passes when **every** expected finger reaches its own threshold. `attempts` is how many tries are offered
    before exception, flagged acceptance or supervisor. `optional`: skipped where no device can take it. `burst`: so many full
    pictures are taken for one attempt and the best is kept.
    """

    id: str
    modality: Modality
    position: FingerPosition
    impression: Impression
    attempts: int
    thresholds: Mapping[FingerPosition, float]
    dwell_s: float
    stable_frames: int
    optional: bool = False
    burst: int = 1

    @property
    def fingers(self) -> tuple[FingerPosition, ...]:
        """The single fingers this capture shows; empty for a face or iris."""
        return fingers_of(self.position) if self.modality is Modality.FINGER else ()

    def expected(self, excepted: Iterable[FingerPosition]) -> tuple[FingerPosition, ...]:
        """Return the fingers to wait for, given the declared exceptions."""
        gone = set(excepted)
        return tuple(f for f in self.fingers if f not in gone)


@dataclass(frozen=True, slots=True)
class StageRule:
    """One legal step: where the law orders it and at which desk it is done."""

    stage: Stage
    article: str
    desk: Desk


class PaperOccasion(StrEnum):
    """When a paper is wanted of a dossier."""

    ALWAYS = "always"
    UNDER_14 = "under-14"
    FEE_EXEMPT = "fee-exempt"
    REGISTER_MENDED = "register-mended"  # a row of the comparison was decided for the paper: the paper that proves it


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper that is wanted: any of `kinds` (none: any that proves the field at hand). `must`: nothing is signed without it or a reason."""

    occasion: PaperOccasion
    kinds: tuple[str, ...]
    must: bool
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure in force between two dates for an age range. `steps` are the captures in order, `stages` all work steps."""

    id: str
    title: Mapping[str, str]
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None
    min_age: int
    max_age: int | None
    forms: str
    steps: tuple[CaptureStep, ...]
    stages: tuple[StageRule, ...]
    supervisor_from_fingers: int
    test_only: bool = False
    sha256: str = ""
    order: tuple[Modality, ...] = ()
    thresholds_verified: bool = False
    prints: str = "jp2"
    """Form of raw prints in packages: ``jp2`` (lossless) or ``wsq`` (15:1); see `station.packing.PrintForm`."""
    papers: tuple[PaperRule, ...] = ()
    """Papers that are wanted of a dossier; a site's own file may make one compulsory."""
    _by_id: Mapping[str, CaptureStep] = field(default_factory=dict, repr=False, compare=False)

    def step(self, step_id: str) -> CaptureStep:
        """Return the capture `step_id`.

        Raises:
            ProcedureError: this procedure has no such capture.
        """
        found = self._by_id.get(step_id)
        if found is None:
            raise ProcedureError(f"The procedure {self.id} has no capture '{step_id}'; nothing was changed.", code="unknown-step")
        return found

    def in_force(self, day: date) -> bool:
        """Return whether it applies on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def admits(self, age: int) -> bool:
        """Return whether a person of `age` full years goes through it."""
        return age >= self.min_age and (self.max_age is None or age <= self.max_age)

    def with_order(self, order: Sequence[Modality]) -> Procedure:
        """Return the same captures with the modalities in another order (law of 2024: the order is a setting).

        Raises:
            ProcedureError: a modality of this procedure is missing from `order`.
        """
        if missing := {s.modality for s in self.steps} - set(order):
            raise ProcedureError(
                f"The order leaves out {', '.join(sorted(missing))}; the old order stays.", code="procedure-order"
            )
        rank = {m: i for i, m in enumerate(order)}
        return replace(self, steps=tuple(sorted(self.steps, key=lambda s: rank[s.modality])), order=tuple(order))

    def with_site(self, rules: Mapping[str, float]) -> Procedure:
        """Return it as a site's settings make it: never less than the procedure wants.

        ``attempts`` (1 to 10) is the site's own number of tries; ``hold_s`` and ``hold_frames`` lengthen what must hold before a picture is
        taken by itself; ``threshold`` raises the least score of every finger. Numbers out of range, and other names, change nothing.
        """
        tries, hold_s, frames, least = (float(rules.get(n, 0)) for n in ("attempts", "hold_s", "hold_frames", "threshold"))

        def stricter(step: CaptureStep) -> CaptureStep:
            thresholds = step.thresholds
            if step.modality is Modality.FINGER and 0 < least <= 100:
                thresholds = {f: max(t, least) for f, t in thresholds.items()}
            return replace(step, attempts=int(tries) if 1 <= tries <= 10 else step.attempts, thresholds=thresholds,
                           dwell_s=max(step.dwell_s, min(hold_s, 3.0)), stable_frames=max(step.stable_frames, min(int(frames), 30)))  # fmt: skip

        made = tuple(map(stricter, self.steps))
        return replace(self, steps=made, _by_id={s.id: s for s in made}) if rules else self

    def without(self, *modalities: Modality) -> Procedure:
        """Return it without the optional captures of `modalities` (no device for them here)."""
        kept = tuple(s for s in self.steps if not (s.optional and s.modality in modalities))
        return replace(self, steps=kept, _by_id={s.id: s for s in kept})


def _thresholds(
    table: Mapping[str, Any], modality: Modality, position: FingerPosition, impression: Impression
) -> dict[FingerPosition, float]:
    if modality is not Modality.FINGER:
        return {FingerPosition.UNKNOWN: float(table.get(modality.value, 0))}
    kind = table["rolled" if impression in {Impression.LIVE_ROLLED, Impression.NONLIVE_ROLLED} else "plain"]
    return {f: float(kind[_KIND_OF_FINGER[(f - 1) % 5 + 1]]) for f in fingers_of(position)}


def _capture(raw: Mapping[str, Any], table: Mapping[str, Any]) -> CaptureStep:
    modality = Modality(raw["modality"])
    position = FingerPosition(raw.get("position", 0))
    impression = Impression(raw.get("impression", 0))
    if modality is Modality.FINGER and position not in {*SLAP_FINGERS, *map(FingerPosition, range(1, 11))}:
        raise ValueError(f"capture {raw['id']} has no finger position")
    thresholds = _thresholds(table, modality, position, impression)
    for finger, least in raw.get("thresholds", {}).items():
        thresholds[FingerPosition(int(finger))] = float(least)
    return CaptureStep(
        id=str(raw["id"]), modality=modality, position=position, impression=impression,
        attempts=int(raw.get("attempts", table["attempts"])), thresholds=thresholds,
        dwell_s=float(raw.get("dwell_s", table["dwell_s"])), stable_frames=int(raw.get("stable_frames", table["stable_frames"])),
        optional=bool(raw.get("optional", False)), burst=_burst(raw, table, modality),
    )  # fmt: skip


def _burst(raw: Mapping[str, Any], table: Mapping[str, Any], modality: Modality) -> int:
    burst = int(raw.get("burst", table.get("face_burst", 1) if modality is Modality.FACE else 1))
    if not 1 <= burst <= MAX_BURST:
        raise ValueError(f"capture {raw['id']} takes 1 to {MAX_BURST} pictures at once")
    return burst


def _paper(raw: Mapping[str, Any]) -> PaperRule:
    kinds = tuple(map(str, raw.get("kinds", ())))
    occasion = PaperOccasion(raw["when"])
    if unknown := [k for k in kinds if k not in paper_kinds()]:
        raise ValueError(f"no paper is a {unknown[0]}")
    if not kinds and occasion is not PaperOccasion.REGISTER_MENDED:
        raise ValueError(f"a paper wanted {occasion} names its kinds")
    return PaperRule(occasion, kinds, bool(raw.get("must", False)), str(raw["source"]), bool(raw["verified"]))


MAX_PROCEDURE_BYTES: Final = 100_000
MAX_BURST: Final = 10


@lru_cache(maxsize=32)
def parse_procedure(data: bytes) -> Procedure:
    """Read a procedure file.

    Raises:
        InputError: not TOML, larger than 100 kB, a key is missing or of the wrong kind, two captures share an id.
    """
    try:
        if len(data) > MAX_PROCEDURE_BYTES:
            raise ValueError("too large")
        raw = tomllib.loads(data.decode("utf-8"))
        table = raw["thresholds"]
        steps = tuple(_capture(c, table) for c in raw.get("capture", ()))
        by_id = {s.id: s for s in steps}
        if len(by_id) != len(steps):
            raise ValueError("two captures share an id")
        procedure = Procedure(
            id=str(raw["id"]), title=dict(raw["title"]), source=str(raw["source"]), verified=bool(raw["verified"]),
            valid_from=raw["valid_from"], valid_to=raw.get("valid_to"), min_age=int(raw["min_age"]), max_age=raw.get("max_age"),
            forms=str(raw["forms"]), steps=steps,
            stages=tuple(StageRule(Stage(s["id"]), str(s["article"]), Desk(s["desk"])) for s in raw["stage"]),
            supervisor_from_fingers=int(raw["exceptions"]["supervisor_from_fingers"]), test_only=bool(raw.get("test_only", False)),
            sha256=hashlib.sha256(data).hexdigest(), thresholds_verified=bool(table["verified"]), _by_id=by_id,
            prints={"jp2": "jp2", "wsq": "wsq"}[str(raw.get("package", {}).get("prints", "jp2"))],
            papers=tuple(_paper(p) for p in raw.get("paper", ())),
        )  # fmt: skip
        order = tuple(Modality(m) for m in raw.get("order", ()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("This procedure file cannot be used (missing or wrong key); the present one stays in force.",
                         code="procedure-file", key=str(error)[:80]) from error  # fmt: skip
    return procedure.with_order(order) if order else procedure


@lru_cache(maxsize=32)
def load_procedure(name: str) -> Procedure:
    """Return the procedure `name` (``vn-60-2021``), or the one in the file when `name` is a path ending in ``.toml``.

    Raises:
        InputError: no such procedure, or the file cannot be used.
    """
    if name.endswith(".toml"):
        try:
            return parse_procedure(Path(name).read_bytes())
        except OSError as error:
            raise InputError(
                "The procedure file cannot be read; the present one stays in force.", code="procedure-file"
            ) from error
    if name not in procedure_names():
        raise InputError(f"There is no procedure '{name}' here; nothing was changed. Known: {', '.join(procedure_names())}.",
                         code="procedure-unknown")  # fmt: skip
    return parse_procedure(files(__package__).joinpath("procedures", f"{name}.toml").read_bytes())


@lru_cache(maxsize=1)
def procedure_names() -> tuple[str, ...]:
    """Return the names of the procedures that come with the program."""
    folder = files(__package__).joinpath("procedures")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def select_procedure(day: date, birth: PartialDate | None) -> Procedure:
    """Return the procedure in force on `day` for a person born on `birth` (unknown birth: an adult).

    Raises:
        ProcedureError: no procedure admits this person on that day (a child before the law of 2024).
    """
    age = 30 if birth is None else age_on(birth, day)
    in_force = [p for p in map(load_procedure, procedure_names()) if not p.test_only and p.in_force(day)]
    fitting = [p for p in in_force if p.admits(age)]
    if not fitting:
        youngest = min((p.min_age for p in in_force), default=None)
        reason = f"cards start at age {youngest}" if youngest is not None else "no procedure is in force on that day"
        raise ProcedureError(f"No procedure fits this person today: {reason}. The data stays saved.", code="procedure-none")
    return max(fitting, key=lambda p: (p.valid_from, p.min_age))
