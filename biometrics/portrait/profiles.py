"""Document rules as dated data: TOML files in `profile_data/`, read once and checked; each number has a source and `verified`."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from biometrics.errors import FormatError
from biometrics.portrait.reasons import Instruction

NAMES: Final = ("icao", "vn-cccd", "vn-passport", "custom")


class Mode(StrEnum):
    """Who sits there: looser limits for those who cannot sit before the wall."""

    STANDARD = "standard"
    CHILD = "child"
    WHEELCHAIR = "wheelchair"
    BED = "bed"


class Level(StrEnum):
    """MUST holds back the capture; HINT is said, but only the officer decides."""

    MUST = "must"
    HINT = "hint"


class When(StrEnum):
    """CAPTURE: the live frame or a photo to be cropped. DOCUMENT: a finished portrait."""

    CAPTURE = "capture"
    DOCUMENT = "document"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit on one measure. `margin` widens it while the measure is only approximate."""

    id: str
    measure: str
    minimum: float
    maximum: float
    margin: float
    unit: str
    below: Instruction | None
    above: Instruction | None
    level: Level
    when: When
    source: str
    clause: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A rule only a person can judge: recorded in the dossier by the operator."""

    id: str
    source: str


@dataclass(frozen=True, slots=True)
class CropSpec:
    """The document's picture: size in px, chin-crown as a share of its height, where the eye midpoint sits (shares)."""

    width_px: int
    height_px: int
    head_share: float
    eye_x: float
    eye_y: float
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class EncodingSpec:
    """How the picture is stored: "jpeg" or "jpeg2000", at most `max_bytes`."""

    format: str
    max_bytes: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules of one document in force from `valid_from`."""

    name: str
    title: str
    valid_from: date
    mode: Mode
    crop: CropSpec
    encoding: EncodingSpec
    rules: tuple[Rule, ...]
    ticks: tuple[Tick, ...]

    @property
    def unverified(self) -> tuple[str, ...]:
        """The rules whose number nobody has checked against the text it comes from."""
        return tuple(rule.id for rule in self.rules if not rule.verified)


@lru_cache(maxsize=32)
def load_profile(name: str, mode: Mode = Mode.STANDARD) -> Profile:
    """Return the profile `name` of this program, with the limits of `mode`.

    Raises:
        FormatError: no such profile, or its file is not as it must be.
    """
    if name not in NAMES:
        raise FormatError(f"no portrait profile is called {name!r}; there are: {', '.join(NAMES)}", code="profile-unknown")
    text = resources.files("biometrics.portrait").joinpath("profile_data", f"{name}.toml").read_text(encoding="utf-8")
    return parse_profile(text, mode)


def parse_profile(text: str, mode: Mode = Mode.STANDARD) -> Profile:
    """Return the profile written in TOML `text` (a site's own rules have the same form).

    Raises:
        FormatError: not TOML, a field missing or of the wrong kind, limits the wrong way round, an unknown instruction.
    """
    if len(text) > 200_000:
        raise FormatError("a portrait profile is at most 200,000 characters long", code="profile-format")
    try:
        table = tomllib.loads(text)
        profile = _profile(table, mode)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"the portrait profile cannot be read: {error}", code="profile-format") from error
    _check(profile)
    return profile


def _profile(table: dict[str, Any], mode: Mode) -> Profile:
    crop, encoding = table["crop"], table["encoding"]
    changes = {} if mode is Mode.STANDARD else dict(table.get("mode", {}).get(mode.value, {}))
    rules = tuple(_changed(_rule(row), changes.pop(row["id"], {})) for row in table["rule"])
    extra = set(changes) - {"source", "verified"}
    if extra:
        raise ValueError(f"mode {mode.value} changes rules that do not exist: {', '.join(sorted(extra))}")
    return Profile(
        name=str(table["name"]),
        title=str(table["title"]),
        valid_from=date.fromisoformat(str(table["valid_from"])),
        mode=mode,
        crop=CropSpec(
            int(crop["width_px"]), int(crop["height_px"]), float(crop["head_share"]), float(crop["eye_x"]), float(crop["eye_y"]),
            str(crop["source"]), bool(crop["verified"]),
        ),
        encoding=EncodingSpec(
            str(encoding["format"]), int(encoding["max_bytes"]), str(encoding["source"]), bool(encoding["verified"])
        ),
        rules=rules,
        ticks=tuple(Tick(str(row["id"]), str(row["source"])) for row in table.get("tick", [])),
    )  # fmt: skip


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        id=str(row["id"]),
        measure=str(row["measure"]),
        minimum=float(row.get("min", -math.inf)),
        maximum=float(row.get("max", math.inf)),
        margin=float(row.get("margin", 0)),
        unit=str(row.get("unit", "")),
        below=Instruction(row["below"]) if "below" in row else None,
        above=Instruction(row["above"]) if "above" in row else None,
        level=Level(row.get("level", "must")),
        when=When(row.get("when", "both")),
        source=str(row["source"]),
        clause=str(row["clause"]),
        verified=bool(row["verified"]),
    )


def _changed(rule: Rule, change: dict[str, Any]) -> Rule:
    if not change:
        return rule
    if not set(change) <= {"min", "max"}:
        raise ValueError(f"a mode may change min and max only (rule {rule.id})")
    return replace(
        rule, minimum=float(change.get("min", rule.minimum)), maximum=float(change.get("max", rule.maximum)), verified=False
    )


def _check(profile: Profile) -> None:
    crop = profile.crop
    fits = 16 <= crop.width_px <= 4096 and 16 <= crop.height_px <= 4096 and 0.2 <= crop.head_share <= 0.95
    if not (fits and 0.2 <= crop.eye_x <= 0.8 and 0.15 <= crop.eye_y <= 0.8):
        raise FormatError("the profile's crop is out of range", code="profile-format")
    if profile.encoding.format not in {"jpeg", "jpeg2000"} or not 2_000 <= profile.encoding.max_bytes <= 20_000_000:
        raise FormatError("the profile's encoding is not jpeg or jpeg2000 with 2 kB to 20 MB", code="profile-format")
    for rule in profile.rules:
        if not rule.minimum <= rule.maximum or rule.margin < 0:
            raise FormatError(f"rule {rule.id}: its limits are the wrong way round", code="profile-format")
        if (math.isfinite(rule.minimum) and rule.below is None) or (math.isfinite(rule.maximum) and rule.above is None):
            raise FormatError(f"rule {rule.id}: a limit without an instruction", code="profile-format")
    if len({rule.id for rule in profile.rules}) != len(profile.rules):
        raise FormatError("two rules have the same id", code="profile-format")
