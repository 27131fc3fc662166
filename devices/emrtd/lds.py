"""The logical data structure: which files a chip has, and what stands in EF.COM, DG1, 2, 7, 11, 12, 15 and 16 (Doc 9303-10).

Parsers take a whole file and return plain values. DG13 is `cccd`, the security files are `security_infos` and `sod`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from biometrics.errors import FormatError
from biometrics.formats import iso39794_5
from devices import mrz
from devices.emrtd import tlv
from devices.errors import DeviceFormatError

AID: Final = bytes.fromhex("A0000002471001")
EF_CARD_ACCESS: Final = 0x011C
EF_CARD_SECURITY: Final = 0x011D


class File(IntEnum):
    """Files of the eMRTD application by file identifier."""

    COM = 0x011E
    SOD = 0x011D
    DG1 = 0x0101
    DG2 = 0x0102
    DG3 = 0x0103
    DG4 = 0x0104
    DG5 = 0x0105
    DG6 = 0x0106
    DG7 = 0x0107
    DG8 = 0x0108
    DG9 = 0x0109
    DG10 = 0x010A
    DG11 = 0x010B
    DG12 = 0x010C
    DG13 = 0x010D
    DG14 = 0x010E
    DG15 = 0x010F
    DG16 = 0x0110

    @property
    def group(self) -> int | None:
        """Number of the data group, None for COM and SOD."""
        return self.value - 0x0100 if self.value <= 0x0110 else None

    @property
    def tag(self) -> int:
        """Tag the file starts with."""
        return TAGS[self]


_GROUP_TAGS: Final = (0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70)
TAGS: Final = {File.COM: 0x60, File.SOD: 0x77} | {File(0x0101 + i): tag for i, tag in enumerate(_GROUP_TAGS)}
BY_TAG: Final = {tag: file for file, tag in TAGS.items()}
LOCKED: Final = frozenset({File.DG3, File.DG4})
"""Fingerprints and irises: behind terminal authentication, which needs a certificate of the state. 6982 there is no fault."""


@dataclass(frozen=True, slots=True)
class Com:
    """EF.COM: versions and the list of data groups (tags that are none of a data group are dropped)."""

    lds_version: str
    unicode_version: str
    files: tuple[File, ...]


def parse_com(data: bytes) -> Com:
    """Read EF.COM.

    Raises:
        DeviceFormatError: malformed.
    """
    items = tlv.parse_single(data, 0x60).children()
    lds, unicode = tlv.find(items, 0x5F01), tlv.find(items, 0x5F36)
    tags = tlv.need(items, 0x5C).value
    files = tuple(dict.fromkeys(BY_TAG[tag] for tag in tags if tag in BY_TAG))
    return Com(_ascii(lds), _ascii(unicode), files)


def _ascii(item: tlv.Tlv | None) -> str:
    return item.value[:16].decode("ascii", "replace") if item else ""


def parse_dg1(data: bytes) -> mrz.Mrz:
    """Read DG1.

    Raises:
        DeviceFormatError: malformed, or no MRZ layout.
    """
    item = tlv.need(tlv.parse_single(data, 0x61).children(), 0x5F1F)
    return mrz.parse(item.value)


@dataclass(frozen=True, slots=True, repr=False)
class ChipFace:
    """One face of DG2: its image bytes exactly as they came, their media type, and the record's edition."""

    image: bytes
    media_type: str
    record: str
    width: int | None = None
    height: int | None = None

    def __repr__(self) -> str:
        return f"ChipFace({self.record}, {self.media_type}, {len(self.image)} bytes)"


def parse_dg2(data: bytes) -> tuple[ChipFace, ...]:
    """Read DG2: the biometric information templates and in each an ISO/IEC 19794-5 or 39794-5 face record.

    Raises:
        DeviceFormatError: malformed, more than nine templates, or a record of neither kind.
    """
    group = tlv.need(tlv.parse_single(data, 0x75).children(), 0x7F61).children()
    templates = [item for item in group if item.tag == 0x7F60]
    if not 1 <= len(templates) <= 9:
        raise DeviceFormatError("DG2 holds no face, or more than nine.")
    faces: list[ChipFace] = []
    for template in templates:
        items = template.children()
        block = tlv.find(items, 0x5F2E) or tlv.find(items, 0x7F2E)
        if block is None:
            raise DeviceFormatError("A face of DG2 has no data block.")
        faces += _faces(block.value)
    return tuple(faces)


def _faces(block: bytes) -> list[ChipFace]:
    if block[:4] == b"FAC\x00":
        return _faces_19794(block)
    if block[:1] == b"\xa1":  # the standard's own wrapper inside 7F2E
        block = tlv.parse_one(block)[0].value
    try:
        found = iso39794_5.parse(block)
    except FormatError as error:
        raise DeviceFormatError("A face of DG2 is neither an ISO 19794-5 nor a readable 39794-5 record.") from error
    return [ChipFace(f.image, f.media_type, "39794-5", f.width, f.height) for f in found]


def _faces_19794(block: bytes) -> list[ChipFace]:
    """Walk an ISO/IEC 19794-5:2005 record (clause 5): 14-byte header, then per face 20 bytes, 8 per feature point, 12, image."""
    if len(block) < 14 or block[4:8] not in (b"010\x00", b"020\x00", b"030\x00"):
        raise DeviceFormatError("The face record is of an edition that no document uses.")
    total, count = int.from_bytes(block[8:12], "big"), int.from_bytes(block[12:14], "big")
    if total > len(block) or not 1 <= count <= 16:
        raise DeviceFormatError("The face record is longer than DG2, or counts no face.")
    faces: list[ChipFace] = []
    offset = 14
    for _ in range(count):
        if offset + 32 > total:
            raise DeviceFormatError("The face record ends inside a header.")
        length = int.from_bytes(block[offset : offset + 4], "big")
        points = int.from_bytes(block[offset + 4 : offset + 6], "big")
        start, end = offset + 20 + 8 * points + 12, offset + length
        if not offset + 32 <= start < end <= total:
            raise DeviceFormatError("A face of the record is longer than the record.")
        width, height = (int.from_bytes(block[start - p : start - p + 2], "big") for p in (10, 8))
        image = block[start:end]
        faces.append(ChipFace(image, iso39794_5.media_type(image), "19794-5", width, height))
        offset = end
    return faces


@dataclass(frozen=True, slots=True, repr=False)
class Details:
    """Texts of DG11 (person) or DG12 (document) by name, dates as ISO text, pictures as bytes."""

    texts: tuple[tuple[str, str], ...]
    images: tuple[tuple[str, bytes], ...] = ()
    unknown: tuple[int, ...] = field(default=())

    def __repr__(self) -> str:
        return f"Details({', '.join(name for name, _ in self.texts)})"

    def get(self, name: str) -> str | None:
        """Return one text, None where the chip does not hold it."""
        return dict(self.texts).get(name)


_DG11: Final = {0x5F0E: "name", 0x5F10: "number", 0x5F2B: "birth", 0x5F11: "birth_place", 0x5F42: "residence",
                0x5F12: "telephone",
                0x5F13: "profession", 0x5F14: "title", 0x5F15: "summary", 0x5F17: "other_documents", 0x5F18: "custody",
                0x5F0F: "other_name"}  # fmt: skip
_DG12: Final = {0x5F19: "authority", 0x5F26: "issued", 0x5F1B: "endorsements", 0x5F1C: "exit_requirements",
                0x5F55: "personalised",
                0x5F56: "system", 0x5F1A: "other_person"}  # fmt: skip
_IMAGES: Final = {0x5F16: "proof", 0x5F1D: "front", 0x5F1E: "rear"}
_DATES: Final = {0x5F2B, 0x5F26}


def parse_dg11(data: bytes) -> Details:
    """Read DG11 (additional details of the person).

    Raises:
        DeviceFormatError: malformed.
    """
    return _details(data, 0x6B, _DG11)


def parse_dg12(data: bytes) -> Details:
    """Read DG12 (additional details of the document); dates as eight ASCII digits or four BCD bytes.

    Raises:
        DeviceFormatError: malformed.
    """
    return _details(data, 0x6C, _DG12)


def _details(data: bytes, tag: int, names: dict[int, str]) -> Details:
    texts: list[tuple[str, str]] = []
    images: list[tuple[str, bytes]] = []
    unknown: list[int] = []
    for item in _flatten(tlv.parse_single(data, tag).children()):
        if item.tag in _IMAGES:
            images.append((_IMAGES[item.tag], item.value))
        elif item.tag in names:
            texts.append((names[item.tag], _date(item.value) if item.tag in _DATES else _utf8(item.value)))
        elif item.tag not in (0x5C, 0x02):
            unknown.append(item.tag)
    return Details(tuple(texts), tuple(images), tuple(unknown))


def _flatten(items: list[tlv.Tlv]) -> list[tlv.Tlv]:
    """Bring the names inside the A0 template (count and objects) up beside the others."""
    return [inner for item in items for inner in (item.children() if item.tag == 0xA0 else [item])]


def _utf8(value: bytes) -> str:
    if len(value) > 4096:
        raise DeviceFormatError("A text of the chip is longer than 4 kB.")
    # Early chips write ISO 8859-1 here although UTF-8 is demanded.
    try:
        return value.decode("utf-8").replace("<", " ").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").replace("<", " ").strip()


def _date(value: bytes) -> str:
    text = value.hex() if len(value) == 4 else value.decode("ascii", "replace")
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise DeviceFormatError("A date of the chip is neither eight digits nor four BCD bytes.")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def parse_dg7(data: bytes) -> tuple[bytes, ...]:
    """Read DG7: the displayed signatures or marks, as image bytes.

    Raises:
        DeviceFormatError: malformed.
    """
    return tuple(item.value for item in tlv.parse_single(data, 0x67).children() if item.tag == 0x5F43)


def parse_dg15(data: bytes) -> bytes:
    """Read DG15: the SubjectPublicKeyInfo for active authentication.

    Raises:
        DeviceFormatError: malformed.
    """
    return tlv.parse_single(tlv.parse_single(data, 0x6F).value, 0x30).raw


def parse_dg16(data: bytes) -> tuple[Details, ...]:
    """Read DG16: people to notify.

    Raises:
        DeviceFormatError: malformed.
    """
    names = {0x5F50: "recorded", 0x5F51: "name", 0x5F52: "telephone", 0x5F53: "residence"}
    people = [item for item in tlv.parse_single(data, 0x70).children() if item.tag & 0xF0 == 0xA0]
    return tuple(Details(tuple((names[i.tag], _utf8(i.value)) for i in p.children() if i.tag in names)) for p in people)


def unwrap(data: bytes, file: File) -> bytes:
    """Return what stands inside a file's outer tag.

    Raises:
        DeviceFormatError: another tag, or cut.
    """
    return tlv.parse_single(data, file.tag).value
