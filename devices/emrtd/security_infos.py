"""SecurityInfos: what EF.CardAccess and DG14 say of the protocols a chip speaks (ICAO Doc 9303-11 section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from devices.emrtd import tlv
from devices.emrtd.crypto import SUITES, Suite
from devices.errors import DeviceFormatError

BSI: Final = "0.4.0.127.0.7"
PACE: Final = f"{BSI}.2.2.4"
CHIP_AUTHENTICATION: Final = f"{BSI}.2.2.3"
PUBLIC_KEY: Final = f"{BSI}.2.2.1"
TERMINAL_AUTHENTICATION: Final = f"{BSI}.2.2.2"
ACTIVE_AUTHENTICATION: Final = "2.23.136.1.1.5"
MAX_INFOS: Final = 64


class Mapping(Enum):
    """How PACE turns the nonce into a base point."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_PACE_ARCS: Final = {1: (False, Mapping.GENERIC), 2: (True, Mapping.GENERIC), 3: (False, Mapping.INTEGRATED),
                     4: (True, Mapping.INTEGRATED), 6: (True, Mapping.CHIP_AUTHENTICATION)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaceInfo:
    """One offered PACE protocol: mapping, ECDH or DH, cipher suite, domain parameters (None: not stated)."""

    protocol: str
    version: int
    parameter: int | None
    elliptic: bool
    mapping: Mapping
    suite: Suite


@dataclass(frozen=True, slots=True)
class ChipAuthenticationInfo:
    """One offered chip authentication."""

    protocol: str
    version: int
    key_id: int | None
    elliptic: bool
    suite: Suite


@dataclass(frozen=True, slots=True)
class ChipPublicKey:
    """A static public key of the chip: its SubjectPublicKeyInfo exactly as it stands there."""

    protocol: str
    subject_public_key_info: bytes
    key_id: int | None

    @property
    def elliptic(self) -> bool:
        """Whether it is an ECDH key."""
        return self.protocol.endswith(".2")


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """All infos, sorted by kind; `raw` is each info's encoding (compared between EF.CardAccess and DG14)."""

    pace: tuple[PaceInfo, ...]
    chip_authentication: tuple[ChipAuthenticationInfo, ...]
    public_keys: tuple[ChipPublicKey, ...]
    active_authentication_algorithm: str | None
    terminal_authentication: bool
    unknown: tuple[str, ...]
    raw: frozenset[bytes]
    pace_raw: frozenset[bytes] = frozenset()


def _optional_integer(items: list[tlv.Tlv], index: int) -> int | None:
    return tlv.integer(items[index]) if len(items) > index and items[index].tag == 0x02 else None


def parse(data: bytes) -> SecurityInfos:
    """Read a SET OF SecurityInfo. Unknown protocols are kept by name; nothing is guessed for them.

    Raises:
        DeviceFormatError: not such a set, or more than 64 infos.
    """
    pace: list[PaceInfo] = []
    chip: list[ChipAuthenticationInfo] = []
    keys: list[ChipPublicKey] = []
    unknown: list[str] = []
    active: str | None = None
    terminal = False
    infos = tlv.parse_single(data, 0x31).children()
    if len(infos) > MAX_INFOS:
        raise DeviceFormatError("The chip lists more than 64 protocols.")
    pace_raw: set[bytes] = set()
    for info in infos:
        fields = _sequence(info)
        protocol = tlv.oid(_tagged(fields, 0, 0x06))
        if protocol.startswith(f"{PACE}.") and (offered := _pace(protocol, fields)) is not None:
            pace.append(offered)
            pace_raw.add(info.raw)
        elif protocol.startswith(f"{CHIP_AUTHENTICATION}.") and (offer := _chip_authentication(protocol, fields)) is not None:
            chip.append(offer)
        elif protocol in (f"{PUBLIC_KEY}.1", f"{PUBLIC_KEY}.2"):
            keys.append(ChipPublicKey(protocol, _tagged(fields, 1, 0x30).raw, _optional_integer(fields, 2)))
        elif protocol == ACTIVE_AUTHENTICATION:
            active = tlv.oid(_tagged(fields, 2, 0x06))
        elif protocol == TERMINAL_AUTHENTICATION:
            terminal = True
        else:
            unknown.append(protocol)
    raw = frozenset(info.raw for info in infos)
    return SecurityInfos(tuple(pace), tuple(chip), tuple(keys), active, terminal, tuple(unknown), raw, frozenset(pace_raw))


def _sequence(item: tlv.Tlv) -> list[tlv.Tlv]:
    if item.tag != 0x30:
        raise DeviceFormatError("A SecurityInfo of the chip is not a sequence.")
    return item.children()


def _tagged(fields: list[tlv.Tlv], index: int, tag: int) -> tlv.Tlv:
    if len(fields) <= index or fields[index].tag != tag:
        raise DeviceFormatError("A SecurityInfo of the chip lacks a field.")
    return fields[index]


def _pace(protocol: str, fields: list[tlv.Tlv]) -> PaceInfo | None:
    arcs = protocol[len(PACE) + 1 :].split(".")
    # Domain parameter infos (one arc) carry explicit parameters, which Doc 9303 does not allow for travel documents.
    if len(arcs) != 2 or int(arcs[0]) not in _PACE_ARCS or int(arcs[1]) not in SUITES:
        return None
    elliptic, mapping = _PACE_ARCS[int(arcs[0])]
    version = tlv.integer(_tagged(fields, 1, 0x02))
    return PaceInfo(protocol, version, _optional_integer(fields, 2), elliptic, mapping, SUITES[int(arcs[1])])


def _chip_authentication(protocol: str, fields: list[tlv.Tlv]) -> ChipAuthenticationInfo | None:
    arcs = protocol[len(CHIP_AUTHENTICATION) + 1 :].split(".")
    if len(arcs) != 2 or arcs[0] not in ("1", "2") or int(arcs[1]) not in SUITES:
        return None
    version = tlv.integer(_tagged(fields, 1, 0x02))
    return ChipAuthenticationInfo(protocol, version, _optional_integer(fields, 2), arcs[0] == "2", SUITES[int(arcs[1])])


def best_pace(infos: SecurityInfos) -> PaceInfo | None:
    """Return the offer to use: usable parameters, strongest cipher first, then CAM before GM before IM, ECDH before DH."""
    order = {Mapping.CHIP_AUTHENTICATION: 2, Mapping.GENERIC: 1, Mapping.INTEGRATED: 0}

    def usable(info: PaceInfo) -> bool:
        number = info.parameter
        return info.version == 2 and number is not None and (8 <= number <= 18 if info.elliptic else 0 <= number <= 2)

    offers = [info for info in infos.pace if usable(info)]
    # Chip authentication mapping proves the chip in the same run, so it is worth a smaller key length.
    return max(offers, key=lambda i: (i.mapping is Mapping.CHIP_AUTHENTICATION, i.suite.key_length, i.suite.block,
                                      order[i.mapping], i.elliptic), default=None)  # fmt: skip
