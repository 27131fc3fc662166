"""The shape of a firmware profile (`firmware_profiles/*.toml`), strict: an unknown key is an error, every number has a range.

What each key means for a site that writes its own profile: docs/devices.md, "Serial families and firmware profiles".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from devices.errors import UnsupportedCommandError
from devices.profile_vocabulary import COMMANDS, Effect

Family = Literal["zfm-ef01", "gt5-55aa", "suprema-sfm", "mrz-swipe", "nmea0183"]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{1,47}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Byte = Annotated[int, msgspec.Meta(ge=0, le=0xFF)]
Word = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
Long = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
Baud = Annotated[int, msgspec.Meta(ge=1200, le=921_600)]
Millis = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Side = Annotated[int, msgspec.Meta(ge=16, le=2000)]


class Status(StrEnum):
    """How well a profile is known."""

    FIELD_TESTED = "field-tested"
    DOCUMENTED = "documented"
    INFERRED = "inferred"


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class About(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the profile describes and how that is known."""

    id: Id
    family: Family
    vendor: Text
    models: tuple[Text, ...]
    status: Status
    verified: bool
    """False while anything in `unverified` stands: recalled or doubtful values, to be confirmed before they are relied on."""
    evidence: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    enrolment_grade: bool = False
    firmware_match: tuple[Text, ...] = ()
    """Regular expressions on the module's own version text; empty = never seen, do not guess."""
    product_match: tuple[Text, ...] = ()
    """Regular expressions on the module name in its product information."""
    unverified: tuple[Text, ...] = ()
    """Dotted keys ("image.width") whose values are recalled, inferred or contradicted."""
    lacks: tuple[Text, ...] = ()
    """Commands of the parent profile that this firmware does not have."""


class Port(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line: bauds in the order they are tried (the first is the module's default), and its times in ms."""

    bauds: Annotated[tuple[Baud, ...], msgspec.Meta(min_length=1, max_length=12)]
    format: Literal["8N1", "8E1", "8O1", "7E1", "7O1", "8N2"] = "8N1"
    session_baud: Literal[0, 19200, 38400, 57600, 115200] = 0
    """Raised to for the session and restored at close; 0 = never changed."""
    ready_byte: Byte | None = None
    """A lone byte that the module sends when it is ready after power-up."""
    boot_ms: Millis = 100
    off_ms: Millis = 0
    answer_ms: Millis = 1000
    """The longest a short answer takes."""
    gap_ms: Millis = 250
    """The longest silence inside a packet or between two packets of one picture."""
    quiet_ms: Millis = 20
    """Silence that must be heard before a command is sent: a late second answer must not be taken for the next one."""


class Security(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the module was shipped with. The station proves the password and never sets it, nor the address."""

    address: Long = 0xFFFFFFFF
    password: Long = 0


class Image(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one upload holds."""

    width: Side
    height: Side
    bits: Literal[1, 2, 4, 8]
    packing: Literal["high-nibble-first", "low-nibble-first", "bytes"]
    nominal_ppi: Annotated[int, msgspec.Meta(ge=100, le=2000)]
    invert: bool = False
    rotate: Literal[0, 90, 180, 270] = 0
    header_bytes: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    """A header of the family's own before the pixels; it then states the true size."""
    transfer_bytes: Annotated[int, msgspec.Meta(ge=1, le=4_000_000)]
    """Bytes of one picture on the wire, headers excluded; must be width x height x bits / 8 + header_bytes."""


class SysParam(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the eight words of the system parameters are to be read, and what may be changed."""

    layout: tuple[Literal["status", "system_id", "capacity", "security", "address", "packet", "baud", "enroll_times", "template_size",
                          "score_level"], ...]  # fmt: skip
    system_ids: tuple[Word, ...] = ()
    """What the system id word was seen to be; empty = anything below 0x0080."""
    baud_unit: int = 9600
    baud_multipliers: tuple[Annotated[int, msgspec.Meta(ge=1, le=12)], ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    packet_bytes: tuple[Literal[32, 64, 128, 256], ...] = (32, 64, 128, 256)
    needs_power_cycle: bool = False
    """New settings count only after power was cut: the baud is then never raised."""


class Quirks(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from the family's manual, each with its evidence in `profile.evidence`."""

    double_ack: tuple[Text, ...] = ()
    """Commands that may answer twice: a false failure, then the truth."""
    index_offset: Literal[-1, 0, 1] = 0
    led_colours: Annotated[int, msgspec.Meta(ge=0, le=16)] = 0
    ack_is_not_proof: tuple[Text, ...] = ()
    """Commands that are acknowledged and do nothing."""
    template_bytes: Annotated[int, msgspec.Meta(ge=0, le=8192)] = 0
    buffers: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0
    light_needed: bool = False
    """The light must be switched on for a capture (and is switched off after it)."""


class Reader(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Framing of a document swipe reader."""

    framing: Literal["plain", "desko", "rte6701", "json"]
    pad: Annotated[str, msgspec.Meta(max_length=1)] = ""
    """What stands for an absent character or line; empty = nothing does."""
    start: tuple[Byte, ...] = ()
    end: tuple[Byte, ...] = ()
    line_end: tuple[Byte, ...] = (0x0D,)
    max_lines: Literal[2, 3] = 3


class Positioning(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A position receiver."""

    sentences: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")], ...], msgspec.Meta(min_length=1)]


class Profile(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One firmware, complete (inheritance resolved). `load_profile` makes it; nothing else should."""

    schema: Literal[1]
    extends: Id | None = None
    profile: About
    port: Port
    security: Security | None = None
    image: Image | None = None
    commands: dict[str, Byte] = {}
    answers: dict[str, Word] = {}
    parameters: dict[str, Word] = {}
    sysparam: SysParam | None = None
    quirks: Quirks = Quirks()
    reader: Reader | None = None
    positioning: Positioning | None = None

    @property
    def id(self) -> str:
        """The profile's name, as `load_profile` takes it."""
        return self.profile.id

    @property
    def family(self) -> str:
        """The wire protocol."""
        return self.profile.family

    def has(self, command: str) -> bool:
        """Whether this firmware has the command."""
        return command in self.commands

    def opcode(self, command: str) -> int:
        """Return the number behind a semantic name.

        Raises:
            UnsupportedCommandError: this firmware does not have it.
        """
        try:
            return self.commands[command]
        except KeyError:
            raise UnsupportedCommandError(
                f"Modules of profile '{self.id}' have no command '{command}'; nothing was sent."
            ) from None

    def answer(self, name: str) -> int | None:
        """Return the number of an answer, None where this firmware never gives it."""
        return self.answers.get(name)

    def answer_name(self, code: int) -> str:
        """Return the name of a confirmation or error code, ``code-XX`` where the profile has none."""
        return next((name for name, value in self.answers.items() if value == code), f"code-{code:02X}")

    def effect(self, command: str) -> Effect:
        """Return what sending `command` may change."""
        return COMMANDS[self.family][command]

    def with_port(self, **changes: object) -> Profile:
        """Return a copy with other values in `port` (`answer_ms`, `gap_ms`, `bauds` …)."""
        return msgspec.structs.replace(self, port=msgspec.structs.replace(self.port, **changes))

    def grade_reason(self) -> str:
        """Return why captures are never of enrolment grade by the profile alone: a code, empty when the profile allows it."""
        if self.image is not None and self.image.bits < 8:
            return "profile-bits"
        if self.image is not None and self.image.nominal_ppi < 495:
            return "profile-ppi"
        return "" if self.profile.enrolment_grade else "profile-below-grade"
