"""What a package holds, and the manifest that lists it. docs/package-format.md describes the same for a stranger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from station.capture.model import Capture
from station.dossier import events as ev
from station.errors import StorageError
from station.package import cbor
from station.package.cbor import PackageFormatError

MANIFEST_FORMAT: Final = "enrollment-manifest"
MAX_MANIFEST_BYTES: Final = 2_000_000
MAX_PARTS: Final = 512
MAX_EVENTS: Final = 20_000
EVENTS_PART: Final = "events"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_MEDIA: Final = re.compile(r"[a-z0-9][a-z0-9.+/-]{0,99}")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


class PackageKind(StrEnum):
    """What the package is for."""

    DOSSIER = "dossier"  # a finished dossier for the centre
    DRAFT = "draft"  # an unfinished one for another kit of the team


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the package.

    `name` is a plain name (lower case, no path). `media` says how to read it. Raw pixels carry their geometry in the capture's
    `ImageRef`. `original` is the SHA-256 (hex) of the journal's blob when `data` is a recoding of it, else empty.
    """

    name: str
    media: str
    data: bytes
    original: str = ""


@dataclass(frozen=True, slots=True)
class PackedCapture:
    """An accepted capture, the event that holds it, and the names of its parts: images first, then the device's signed bytes."""

    event: str
    capture: Capture
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PackageContent:
    """Everything one package is made of. `events` are the encoded events of the dossier (`station.dossier.events.encode`).

    `sequence` counts this station's packages from 1 and `previous` is the SHA-256 of the manifest before: the intake sees gaps.
    `facts` are further plain values for the manifest (exceptions, declared source of clock faults, lease of a draft).
    """

    dossier: str
    procedure: str
    events: tuple[bytes, ...]
    captures: tuple[PackedCapture, ...]
    operator: str
    station: str
    software: str
    clock: str
    created: datetime
    papers: tuple[Part, ...] = ()
    sequence: int = 1
    previous: bytes = bytes(32)
    demo: bool = False
    kind: PackageKind = PackageKind.DOSSIER
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartNote:
    """A part as the manifest lists it."""

    name: str
    media: str
    size: int
    sha256: str
    original: str


@dataclass(frozen=True, slots=True)
class CaptureNote:
    """A capture as the manifest lists it; `parts` are names."""

    event: str
    capture: Capture
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed list. See `PackageContent` for the fields of the same name; `raw` are the bytes that were signed."""

    kind: PackageKind
    dossier: str
    procedure: str
    operator: str
    station: str
    software: str
    clock: str
    created: datetime
    sequence: int
    previous: bytes
    demo: bool
    recipients: tuple[str, ...]
    facts: Mapping[str, Any]
    captures: tuple[CaptureNote, ...]
    parts: tuple[PartNote, ...]
    raw: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the manifest: names the content whatever it is sealed to."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def package_id(self) -> str:
        """The first 32 digits of `sha256`."""
        return self.sha256[:32]


def all_parts(content: PackageContent) -> list[Part]:
    """Return the parts in the order of the manifest: the events first, then captures, then papers. Equal parts stand once.

    Raises:
        PackageFormatError: two different parts of one name, an unusable name, too many parts or events.
    """
    if len(content.events) > MAX_EVENTS:
        raise PackageFormatError(f"{len(content.events)} events are more than a package may hold ({MAX_EVENTS}).")
    events = Part(EVENTS_PART, "application/cbor", cbor.encode(list(content.events)))
    parts = {EVENTS_PART: events}
    for part in [*(p for c in content.captures for p in c.parts), *content.papers]:
        if not _NAME.fullmatch(part.name) or not _MEDIA.fullmatch(part.media):
            raise PackageFormatError("A part's name or media type is not usable; nothing was sealed.", code="part-name")
        if parts.setdefault(part.name, part).data != part.data:
            raise PackageFormatError("Two different parts have one name; nothing was sealed.", code="part-name")
    if len(parts) > MAX_PARTS:
        raise PackageFormatError(f"{len(parts)} parts are more than a package may hold ({MAX_PARTS}); nothing was sealed.")
    return list(parts.values())


def write_manifest(content: PackageContent, parts: list[Part], recipients: tuple[str, ...], salt: bytes) -> bytes:
    """Return the deterministic manifest. `salt` (16 random bytes) keeps its hash from confirming a guess at its content."""
    return cbor.encode(
        {
            "format": MANIFEST_FORMAT,
            "version": 1,
            "kind": content.kind.value,
            "dossier": content.dossier,
            "procedure": content.procedure,
            "operator": content.operator,
            "station": content.station,
            "software": content.software,
            "clock": content.clock,
            "created": content.created.astimezone(UTC).isoformat(timespec="microseconds"),
            "sequence": content.sequence,
            "previous": content.previous,
            "demo": content.demo,
            "recipients": [bytes.fromhex(r) for r in recipients],
            "facts": dict(content.facts),
            "captures": [
                {"event": c.event, "capture": msgspec.to_builtins(c.capture), "parts": [p.name for p in c.parts]}
                for c in content.captures
            ],
            "parts": [
                {"name": p.name, "media": p.media, "size": len(p.data), "sha256": hashlib.sha256(p.data).digest(),
                 "original": bytes.fromhex(p.original)}
                for p in parts
            ],
            "salt": salt,
        }
    )  # fmt: skip


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest's bytes.

    Raises:
        PackageFormatError: ``manifest-newer`` or ``manifest-schema``, with the place in the message.
    """
    raw = cbor.decode(data, max_bytes=MAX_MANIFEST_BYTES)
    if not isinstance(raw, dict) or raw.get("format") != MANIFEST_FORMAT:
        raise PackageFormatError("The manifest is not one of this format; nothing was used.", code="manifest-schema")
    if type(raw.get("version")) is not int or raw["version"] != 1:
        raise PackageFormatError("The manifest needs a newer program; nothing was used.", code="manifest-newer")
    try:
        manifest = Manifest(
            kind=PackageKind(raw["kind"]), dossier=_id(raw["dossier"]), procedure=_id(raw["procedure"]),
            operator=_id(raw["operator"]), station=_id(raw["station"]), software=_text(raw["software"], 200),
            clock=_id(raw["clock"]), created=_time(raw["created"]), sequence=_count(raw["sequence"]),
            previous=_bytes(raw["previous"], 32), demo=_flag(raw["demo"]),
            recipients=tuple(_bytes(r, 32).hex() for r in _list(raw["recipients"], 64)),
            facts=_map(raw["facts"]),
            captures=tuple(
                _capture(c)
                for c in _list(raw["captures"], 256)
            ),
            parts=tuple(
                PartNote(_name(p["name"]), _media(p["media"]), _count(p["size"]), _bytes(p["sha256"], 32).hex(),
                         _bytes(p["original"], 0, 32).hex())
                for p in _list(raw["parts"], MAX_PARTS)
            ),
            raw=data,
        )  # fmt: skip
        _bytes(raw["salt"], 16)
        if len(raw) != 18:
            raise ValueError("unknown keys")
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise PackageFormatError("The manifest does not follow its schema; nothing was used.", code="manifest-schema") from error
    names = [p.name for p in manifest.parts]
    if len(set(names)) != len(names) or any(n not in names for c in manifest.captures for n in c.parts):
        raise PackageFormatError("The manifest's part names do not agree; nothing was used.", code="manifest-schema")
    return manifest


def read_events(data: bytes | memoryview) -> tuple[ev.Event, ...]:
    """Read the events part.

    Raises:
        PackageFormatError: not a list of canonical events (``events-format``).
    """
    raw = cbor.decode(data, max_bytes=64_000_000)
    if not isinstance(raw, list) or len(raw) > MAX_EVENTS or not all(isinstance(e, bytes) for e in raw):
        raise PackageFormatError("The list of events is not one; nothing was used.", code="events-format")
    for event in raw:  # our decoder first: cbor2 takes memory for whatever length a stranger claims
        cbor.decode(event, max_bytes=ev.MAX_EVENT_BYTES)
    try:
        return tuple(ev.decode(e) for e in raw)
    except StorageError as error:
        raise PackageFormatError("An event in the package is not canonical; nothing was used.", code="events-format") from error


def _capture(raw: Any) -> CaptureNote:
    return CaptureNote(
        _id(raw["event"]), msgspec.convert(raw["capture"], Capture), tuple(_name(n) for n in _list(raw["parts"], 64))
    )


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("text")
    return value


def _matching(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("name")
    return value


def _id(value: object) -> str:
    return _matching(value, _ID)


def _name(value: object) -> str:
    return _matching(value, _NAME)


def _media(value: object) -> str:
    return _matching(value, _MEDIA)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("count")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("flag")
    return value


def _bytes(value: object, *sizes: int) -> bytes:
    if not isinstance(value, bytes) or len(value) not in sizes:
        raise ValueError("bytes")
    return value


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("list")
    return value


def _map(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict) or len(value) > 64:
        raise ValueError("map")
    return value


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value, 40))
    if moment.tzinfo is None:
        raise ValueError("time zone")
    return moment.astimezone(UTC)
