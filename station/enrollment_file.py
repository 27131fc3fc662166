"""`enrollment.toml`: one enrollment as a person can write it, for `station enroll --from DIR`.

procedure = "vn-60-2021"
kind = "first"                       # first | exchange | reissue
[applicant]                          # declared fields, names as in docs/dossier.md
full_name = "…"
[[capture]]                          # one for each capture of the procedure; `file` is relative to DIR or absolute
file = "right-four.png"
position = 13                        # ISO/ANSI finger position code
impression = 0                       # 0 plain, 1 rolled
ppi = 500
[[exception]]                        # a finger that cannot be taken
finger = 9
kind = "amputated"
permanence = "lasting"
[portrait]
file = "portrait.png"
[[paper]]                            # a photographed or scanned page, JPEG or PNG
file = "birth-certificate.jpg"
kind = "birth-certificate"           # as `station dossier paper add --help` says
field = "mother_name"                # may be left out: what it proves
words = ""                           # what it is (kind other)
reason = ""                          # why it stays although it is not clear
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from biometrics.positions import FingerPosition, Impression
from devices.folder.scanner import FolderPrint
from station.errors import InputError

MAX_FILE_BYTES: Final = 200_000
NAME: Final = "enrollment.toml"


@dataclass(frozen=True, slots=True)
class DeclaredException:
    """A finger that cannot be taken."""

    finger: FingerPosition
    kind: str
    permanence: str
    reason: str


@dataclass(frozen=True, slots=True)
class GivenPaper:
    """A page of a paper."""

    file: Path
    kind: str
    field: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class EnrollmentFile:
    """What the file says, checked."""

    procedure: str
    kind: str
    applicant: Mapping[str, str]
    prints: tuple[FolderPrint, ...]
    portraits: tuple[Path, ...]
    exceptions: tuple[DeclaredException, ...]
    papers: tuple[GivenPaper, ...] = ()


def read_enrollment(folder: Path) -> EnrollmentFile:
    """Read `folder`/enrollment.toml.

    Raises:
        InputError: ``enrollment-missing``, ``enrollment-format`` (what and where), ``position-unknown``, ``impression-unknown``.
    """
    path = folder / NAME
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{NAME} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="enrollment-format")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"There is no readable {NAME} in this folder; nothing was enrolled. Make one (docs/first-tasks.md).",
                         code="enrollment-missing") from error  # fmt: skip
    try:
        return _parse(tomllib.loads(data.decode("utf-8")), folder)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            f"{NAME} is not readable TOML; nothing was enrolled. Correct it and start again.", code="enrollment-format"
        ) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{NAME} lacks an entry or has one of the wrong kind ({error}); nothing was enrolled. Correct it.",
                         code="enrollment-format") from error  # fmt: skip


def _parse(raw: dict[str, Any], folder: Path) -> EnrollmentFile:
    applicant = {str(k): str(v) for k, v in raw["applicant"].items()}
    prints = tuple(
        FolderPrint(folder / str(c["file"]), _position(c["position"]), _impression(c["impression"]), _whole(c["ppi"], "ppi"))
        for c in raw.get("capture", ())
    )
    portrait = raw.get("portrait")
    portraits = (folder / str(portrait["file"]),) if portrait else ()
    exceptions = tuple(
        DeclaredException(
            _position(e["finger"]), str(e.get("kind", "other")), str(e.get("permanence", "lasting")), str(e.get("reason", ""))
        )
        for e in raw.get("exception", ())
    )
    papers = tuple(
        GivenPaper(folder / str(p["file"]), str(p["kind"]), *(str(p.get(n, "")) for n in ("field", "words", "reason")))
        for p in raw.get("paper", ())
    )
    return EnrollmentFile(
        str(raw.get("procedure", "vn-60-2021")), str(raw.get("kind", "first")), applicant, prints, portraits, exceptions, papers
    )


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(
            f"{NAME}: {what} must be a whole number, not {value!r}; nothing was enrolled. Correct it.", code="enrollment-format"
        )
    return value


def _position(value: object) -> FingerPosition:
    try:
        position = FingerPosition(_whole(value, "position"))
    except ValueError as error:
        raise InputError(f"{NAME}: position {value!r} is not a finger position (1 to 10, 13, 14, 15); nothing was enrolled. Correct it.",
                         code="position-unknown") from error  # fmt: skip
    if position is FingerPosition.UNKNOWN:
        raise InputError(
            f"{NAME}: position 0 (unknown) cannot be enrolled; nothing was enrolled. Correct it.", code="position-unknown"
        )
    return position


def _impression(value: object) -> Impression:
    try:
        return Impression(_whole(value, "impression"))
    except ValueError as error:
        raise InputError(
            f"{NAME}: impression {value!r} is none of 0 to 3; nothing was enrolled. Correct it.", code="impression-unknown"
        ) from error
