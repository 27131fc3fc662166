"""Reading of ISO/IEC 39794-5:2019 face image data blocks (the tagged binary form that chips carry in DG2).

Only what an identity document holds is read: the first 2D representation's image bytes, their format and size, the capture
date and the subject's metadata where present; everything else is skipped by its length. Tags follow ASN.1 module
ISO-IEC-39794-5-ed-1-v1: FaceImageDataBlock is [APPLICATION 5] with versionBlock [0] and representationBlocks [1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from biometrics.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

FACE_IMAGE_DATA_BLOCK: Final = 0x65
MAX_REPRESENTATIONS: Final = 16
IMAGE_FORMATS: Final = {2: "image/jpeg", 3: "image/jp2", 4: "image/jp2", 0: "unknown", 1: "other"}
"""Code of ImageDataFormat (clause 7.39): 2 JPEG, 3 JPEG 2000 lossy, 4 JPEG 2000 lossless."""


@dataclass(frozen=True, slots=True, repr=False)
class FaceRepresentation:
    """One face: the image bytes exactly as they came, its media type (by its own first bytes) and what the record says of it."""

    image: bytes
    media_type: str
    declared_format: int | None
    width: int | None
    height: int | None

    def __repr__(self) -> str:
        return f"FaceRepresentation({self.media_type}, {len(self.image)} bytes)"


def parse(data: bytes) -> tuple[FaceRepresentation, ...]:
    """Return the 2D representations of a face image data block.

    Args:
        data: the block, starting with tag 65.

    Raises:
        FormatError: malformed, cut, nested wrongly, more than 16 representations, or none with an image.
    """
    tag, body, _ = _object(data, 0)
    if tag != FACE_IMAGE_DATA_BLOCK:
        raise FormatError("The record is not an ISO/IEC 39794-5 face image data block.", code="face-record-kind")
    faces = []
    for count, block in enumerate(_children(_need(body, 0xA1))):
        if count >= MAX_REPRESENTATIONS:
            raise FormatError("The record holds more than 16 representations.")
        face = _representation(block[1])
        if face is not None:
            faces.append(face)
    if not faces:
        raise FormatError("The record holds no two-dimensional face image.", code="face-record-empty")
    return tuple(faces)


def media_type(image: bytes) -> str:
    """Return the media type that the first bytes of an image announce (``unknown`` for none of JPEG, JPEG 2000, PNG)."""
    if image[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if image[:12] == b"\x00\x00\x00\x0cjP  \r\n\x87\n":
        return "image/jp2"
    if image[:4] == b"\xff\x4f\xff\x51":
        return "image/j2c"
    return "image/png" if image[:8] == b"\x89PNG\r\n\x1a\n" else "unknown"


def _representation(block: bytes) -> FaceRepresentation | None:
    # representation [1] -> base [0] -> 2D block [0] -> { data [0], information [1] }; choices are explicitly tagged.
    chosen = _optional(block, 0xA1)
    for tag in (0xA0, 0xA0):
        chosen = _optional(chosen, tag) if chosen is not None else None
    if chosen is None:
        return None
    image = _optional(chosen, 0x80)
    if not image:
        return None
    information = _optional(chosen, 0xA1)
    declared = width = height = None
    if information is not None:
        code = _optional(_optional(information, 0xA0) or b"", 0x80)
        declared = _integer(code) if code else None
        size = _optional(information, 0xA7)
        if size is not None:
            width, height = (_integer(v) if (v := _optional(size, t)) else None for t in (0x80, 0x81))
    return FaceRepresentation(image, media_type(image), declared, width, height)


def _integer(data: bytes) -> int:
    if not 1 <= len(data) <= 8:
        raise FormatError("An integer of the record is empty or longer than eight bytes.")
    return int.from_bytes(data, "big", signed=True)


def _object(data: bytes, offset: int) -> tuple[int, bytes, int]:
    """Return (tag, content, next offset); tags of one or two bytes, definite lengths up to four bytes."""
    start = offset
    try:
        tag = data[offset]
        offset += 1
        if tag & 0x1F == 0x1F:
            tag = (tag << 8) | data[offset]
            offset += 1
            if tag & 0x80:
                raise FormatError("A tag of the record is longer than two bytes.")
        length = data[offset]
        offset += 1
    except IndexError as error:
        raise FormatError(f"The record ends inside the object at byte {start}.") from error
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or offset + count > len(data):
            raise FormatError("A length of the record is indefinite, too long or cut.")
        length = int.from_bytes(data[offset : offset + count], "big")
        offset += count
    if offset + length > len(data):
        raise FormatError("A length of the record points past its end.")
    return tag, data[offset : offset + length], offset + length


def _children(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset < len(data):
        tag, body, offset = _object(data, offset)
        yield tag, body


def _optional(data: bytes, tag: int) -> bytes | None:
    return next((body for found, body in _children(data) if found == tag), None)


def _need(data: bytes, tag: int) -> bytes:
    body = _optional(data, tag)
    if body is None:
        raise FormatError(f"The record lacks its object 0x{tag:02X}.")
    return body
