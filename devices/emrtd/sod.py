"""EF.SOD: the signed list of hashes over the data groups (ICAO Doc 9303-10 section 4.6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from devices.emrtd import cms, tlv
from devices.errors import DeviceFormatError

LDS_SECURITY_OBJECT: Final = "2.23.136.1.1.1"
_HASH_OIDS: Final = {"1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.4": "sha224", "2.16.840.1.101.3.4.2.1": "sha256",
                     "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}  # fmt: skip
_SIZES: Final = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True, repr=False)
class SecurityObject:
    """The signed message and what it lists: hash name and the hash of each data group by number."""

    message: cms.SignedData
    hash_name: str
    hashes: Mapping[int, bytes]
    lds_version: str

    def __repr__(self) -> str:
        return f"SecurityObject({self.hash_name}, groups {sorted(self.hashes)})"


def parse(data: bytes) -> SecurityObject:
    """Read EF.SOD.

    Raises:
        DeviceFormatError: malformed, another content type, an unknown hash, a group twice or outside 1..16.
    """
    message = cms.parse(tlv.parse_single(data, 0x77).value)
    if message.content_type != LDS_SECURITY_OBJECT:
        raise DeviceFormatError("The security object lists something else than data groups.")
    fields = tlv.parse_single(message.content, 0x30).children()
    if len(fields) < 3 or fields[1].tag != 0x30 or fields[2].tag != 0x30:
        raise DeviceFormatError("The security object lacks its hashes.")
    hash_name = _HASH_OIDS.get(tlv.oid(tlv.need(fields[1].children(), 0x06)))
    if hash_name is None:
        raise DeviceFormatError("The security object uses a hash that no document may use.")
    hashes: dict[int, bytes] = {}
    for item in fields[2].children():
        number, value = _entry(item)
        if number in hashes or not 1 <= number <= 16 or len(value) != _SIZES[hash_name]:
            raise DeviceFormatError("The security object lists a group twice, an unknown one, or a hash of another length.")
        hashes[number] = value
    version = ""
    if len(fields) > 3 and fields[3].tag == 0x30:
        version = tlv.need(fields[3].children(), 0x13).value[:16].decode("ascii", "replace")
    return SecurityObject(message, hash_name, hashes, version)


def _entry(item: tlv.Tlv) -> tuple[int, bytes]:
    parts = item.children() if item.tag == 0x30 else []
    if len(parts) != 2 or parts[0].tag != 0x02 or parts[1].tag != 0x04:
        raise DeviceFormatError("An entry of the security object is not a numbered hash.")
    return tlv.integer(parts[0]), parts[1].value
