"""Face records of ISO/IEC 19794-5, editions 2005 ("010") and 2011 ("030"): read and written.

Layouts: 2005 as NIST's libbiomeval reads it, 2011 as MOSIP's utilities write it (both studied as public sources; the standard's
text was not at hand). All numbers are big-endian. 3D data of the 2011 edition is not read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Final

from biometrics.errors import FormatError

MAX_RECORD_BYTES: Final = 64_000_000
MAX_FACES: Final = 64
MAX_POINTS: Final = 4096

_HEAD_2005: Final = struct.Struct(">4s4sIH")
_FACE_2005: Final = struct.Struct(">IHBBB3sH3B3B")
_POINT_2005: Final = struct.Struct(">BBHHH")
_IMAGE_2005: Final = struct.Struct(">BBHHBBHH")

_HEAD_2011: Final = struct.Struct(">4s4sIHBH")
_REPRESENTATION_2011: Final = struct.Struct(">I9sBHHB")
_QUALITY_2011: Final = struct.Struct(">BHH")
_FACE_2011: Final = struct.Struct(">HBBBB3sH3B3B")
_POINT_2011: Final = struct.Struct(">BBHHH")
_IMAGE_2011: Final = struct.Struct(">BBHHBHBB")


class Edition(Enum):
    """The version field of the record's header."""

    E2005 = b"010\0"
    E2011 = b"030\0"


class ImageType(IntEnum):
    """Kind of face picture (the kinds both editions share)."""

    BASIC = 0
    FULL_FRONTAL = 1
    TOKEN_FRONTAL = 2


class ImageFormat(IntEnum):
    """Coding of the picture. 2005 knows JPEG and JPEG2000 only; 2011 tells lossy from lossless and adds PNG."""

    JPEG = 0
    JPEG2000 = 1
    JPEG2000_LOSSLESS = 2
    PNG = 3


class ColourSpace(IntEnum):
    """Colour of the picture: unspecified, 24-bit RGB, YUV 4:2:2, 8-bit grey, other."""

    UNSPECIFIED = 0
    RGB24 = 1
    YUV422 = 2
    GREY8 = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class FeaturePoint:
    """A point on the face: `kind` 1 = MPEG-4 2D feature point, `code` major * 16 + minor; x, y in px; z (2011) in its own unit."""

    kind: int
    code: int
    x: int
    y: int
    z: int = 0


@dataclass(frozen=True, slots=True)
class QualityScore:
    """One quality score 0..100 (255: attempt failed) with the registered numbers of its vendor and algorithm (2011)."""

    score: int
    vendor: int
    algorithm: int


@dataclass(frozen=True, slots=True)
class FaceImage:
    """One picture and what the record says of it. Fields of one edition only keep their default in the other.

    Attributes:
        image: the picture file's bytes.
        width, height: px.
        pose: yaw, pitch, roll in degrees, -180..180, None where unspecified (steps of 2 degrees are stored).
        pose_uncertainty: the three bytes as they stand (0 unspecified; else half degrees + 1).
        quality_2005: the 2-byte field of 2005 (reserved: 0).
        captured: the 9 bytes of date and time of 2011: year u16, month, day, hour, minute, second u8, millisecond u16.
    """

    image: bytes = field(repr=False)
    image_format: ImageFormat
    width: int
    height: int
    image_type: int = ImageType.FULL_FRONTAL
    colour_space: int = ColourSpace.RGB24
    gender: int = 0
    eye_colour: int = 0
    hair_colour: int = 0
    properties: int = 0
    expression: int = 0
    pose: tuple[int | None, int | None, int | None] = (None, None, None)
    pose_uncertainty: tuple[int, int, int] = (0, 0, 0)
    points: tuple[FeaturePoint, ...] = ()
    source_type: int = 2
    """2005: 1 unspecified photo, 2 still camera, ...; 2011: capture device technology."""
    device_type: int = 0
    device_vendor: int = 0
    quality_2005: int = 0
    qualities: tuple[QualityScore, ...] = ()
    subject_height_cm: int = 0
    captured: bytes = b"\xff" * 9
    sampling_level: int = 0
    post_processing: int = 0
    cross_reference: int = 0


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """A whole record. `temporal`: 2011's temporal semantics (0: one picture, or unrelated ones)."""

    edition: Edition
    faces: tuple[FaceImage, ...]
    temporal: int = 0


class _Reader:
    """Takes structures off the front of bytes; running out is a FormatError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: struct.Struct) -> tuple[object, ...]:
        if self.at + layout.size > len(self.data):
            raise FormatError("the face record ends in the middle of a field", code="face-record-truncated")
        values = layout.unpack_from(self.data, self.at)
        self.at += layout.size
        return values

    def bytes(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise FormatError("a length in the face record runs past its end", code="face-record-length")
        self.at += count
        return self.data[self.at - count : self.at]


def parse(data: bytes) -> FaceRecord:
    """Read a face record of either edition.

    Raises:
        FormatError: another format or edition, a length that does not add up, too many faces or points, 3D or certified data.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise FormatError("the face record is larger than such a record can be", code="face-record-large")
    if data[:4] != b"FAC\0":
        raise FormatError("not a face record (no 'FAC')", code="face-record-format")
    if data[4:8] == Edition.E2005.value:
        return _parse_2005(data)
    if data[4:8] == Edition.E2011.value:
        return _parse_2011(data)
    raise FormatError("a face record of an edition other than 2005 and 2011", code="face-record-edition")


def _ints(values: tuple[object, ...]) -> list[int]:
    return [int.from_bytes(v, "big") if isinstance(v, bytes) else int(v) for v in values]  # type: ignore[call-overload]  # struct gives ints


def _parse_2005(data: bytes) -> FaceRecord:
    reader = _Reader(data)
    _, _, length, count = reader.take(_HEAD_2005)
    _check_totals(length, count, len(data))
    faces = []
    for _ in range(int(str(count))):
        start = reader.at
        block, points, gender, eyes, hair, mask, expression, *angles = _ints(reader.take(_FACE_2005))
        if points > MAX_POINTS or block < _FACE_2005.size + points * _POINT_2005.size + _IMAGE_2005.size:
            raise FormatError("a face block is shorter than what it says it holds", code="face-record-length")
        found = tuple(_point_2005(reader) for _ in range(points))
        kind, form, width, height, colour, source, device, quality = _ints(reader.take(_IMAGE_2005))
        if form not in {0, 1}:
            raise FormatError(f"picture coding {form} is unknown in the 2005 edition", code="face-record-coding")
        image = reader.bytes(start + block - reader.at)
        faces.append(
            FaceImage(
                image=image, image_format=ImageFormat(form), width=width, height=height, image_type=kind, colour_space=colour,
                gender=gender, eye_colour=eyes, hair_colour=hair, properties=mask, expression=expression,
                pose=_angles(angles[:3]), pose_uncertainty=(angles[3], angles[4], angles[5]), points=found,
                source_type=source, device_type=device, quality_2005=quality,
            )
        )  # fmt: skip
    if reader.at != len(data):
        raise FormatError("bytes are left over after the last face", code="face-record-length")
    return FaceRecord(Edition.E2005, tuple(faces))


def _parse_2011(data: bytes) -> FaceRecord:
    reader = _Reader(data)
    _, _, length, count, certified, temporal = reader.take(_HEAD_2011)
    _check_totals(length, count, len(data))
    if certified:
        raise FormatError("face records with certification blocks are not read", code="face-record-certified")
    faces = []
    for _ in range(int(str(count))):
        start = reader.at
        block, date, technology, vendor, device, scores = reader.take(_REPRESENTATION_2011)
        qualities = tuple(QualityScore(*_ints(reader.take(_QUALITY_2011))) for _ in range(int(str(scores))))
        points, gender, eyes, hair, tall, mask, expression, *angles = _ints(reader.take(_FACE_2011))
        if points > MAX_POINTS:
            raise FormatError("a face block holds more points than a face has", code="face-record-length")
        found = tuple(FeaturePoint(*_ints(reader.take(_POINT_2011))) for _ in range(points))
        kind, form, width, height, sampling, post, cross, colour = _ints(reader.take(_IMAGE_2011))
        if form not in {0, 1, 2, 3}:
            raise FormatError(f"picture coding {form} is unknown in the 2011 edition", code="face-record-coding")
        image = reader.bytes(int.from_bytes(reader.bytes(4), "big"))
        if reader.at - start != block:
            raise FormatError(
                "a face block's length does not match what it holds (3D data is not read)", code="face-record-length"
            )
        faces.append(
            FaceImage(
                image=image, image_format=ImageFormat(form), width=width, height=height, image_type=kind, colour_space=colour,
                gender=gender, eye_colour=eyes, hair_colour=hair, properties=mask, expression=expression,
                pose=_angles(angles[:3]), pose_uncertainty=(angles[3], angles[4], angles[5]), points=found,
                source_type=int(str(technology)), device_type=int(str(device)), device_vendor=int(str(vendor)), qualities=qualities,
                subject_height_cm=tall, captured=bytes(date) if isinstance(date, bytes) else b"", sampling_level=sampling,
                post_processing=post, cross_reference=cross,
            )
        )  # fmt: skip
    if reader.at != len(data):
        raise FormatError("bytes are left over after the last face", code="face-record-length")
    return FaceRecord(Edition.E2011, tuple(faces), int(str(temporal)))


def _check_totals(length: object, count: object, size: int) -> None:
    if length != size:
        raise FormatError("the face record's length is not the one it says", code="face-record-length")
    if not isinstance(count, int) or not 1 <= count <= MAX_FACES:
        raise FormatError(f"a face record holds 1 to {MAX_FACES} faces", code="face-record-length")


def _point_2005(reader: _Reader) -> FeaturePoint:
    kind, code, x, y, _reserved = _ints(reader.take(_POINT_2005))
    return FeaturePoint(kind, code, x, y)


def _angles(raw: list[int]) -> tuple[int | None, int | None, int | None]:
    yaw, pitch, roll = (_angle(v) for v in raw)
    return yaw, pitch, roll


def _angle(raw: int) -> int | None:
    """0 unspecified; 1..180: (raw - 1) * 2 degrees, above 180 degrees read as negative."""
    if raw == 0:
        return None
    if raw > 180:
        raise FormatError("a pose angle is out of its range", code="face-record-pose")
    degrees = (raw - 1) * 2
    return degrees - 360 if degrees > 180 else degrees


def _raw_angle(degrees: int | None) -> int:
    if degrees is None:
        return 0
    if not -180 <= degrees <= 180:
        raise FormatError("pose angles are -180 to 180 degrees", code="face-record-pose")
    return round((degrees % 360) / 2) % 180 + 1


def write(record: FaceRecord) -> bytes:
    """Return the record's bytes.

    Raises:
        FormatError: a value does not fit its field, a coding the edition does not know, no face or too many.
    """
    if not 1 <= len(record.faces) <= MAX_FACES:
        raise FormatError(f"a face record holds 1 to {MAX_FACES} faces", code="face-record-length")
    one = _write_2005 if record.edition is Edition.E2005 else _write_2011
    try:
        body = b"".join(one(face) for face in record.faces)
        version = record.edition.value
        if record.edition is Edition.E2005:
            return _HEAD_2005.pack(b"FAC\0", version, _HEAD_2005.size + len(body), len(record.faces)) + body
        return _HEAD_2011.pack(b"FAC\0", version, _HEAD_2011.size + len(body), len(record.faces), 0, record.temporal) + body
    except (struct.error, OverflowError) as error:
        raise FormatError("a value does not fit its field in the face record", code="face-record-value") from error


def _write_2005(face: FaceImage) -> bytes:
    if face.image_format not in {ImageFormat.JPEG, ImageFormat.JPEG2000}:
        raise FormatError("the 2005 edition knows JPEG and JPEG 2000 only", code="face-record-coding")
    points = b"".join(_POINT_2005.pack(p.kind, p.code, p.x, p.y, 0) for p in face.points)
    length = _FACE_2005.size + len(points) + _IMAGE_2005.size + len(face.image)
    head = _FACE_2005.pack(
        length, len(face.points), face.gender, face.eye_colour, face.hair_colour, face.properties.to_bytes(3, "big"),
        face.expression, *(_raw_angle(a) for a in face.pose), *face.pose_uncertainty,
    )  # fmt: skip
    picture = _IMAGE_2005.pack(
        face.image_type, face.image_format, face.width, face.height, face.colour_space, face.source_type, face.device_type,
        face.quality_2005,
    )  # fmt: skip
    return head + points + picture + face.image


def _write_2011(face: FaceImage) -> bytes:
    if len(face.captured) != 9:
        raise FormatError("the capture date of the 2011 edition has 9 bytes", code="face-record-value")
    inner = b"".join(_QUALITY_2011.pack(q.score, q.vendor, q.algorithm) for q in face.qualities)
    inner += _FACE_2011.pack(
        len(face.points), face.gender, face.eye_colour, face.hair_colour, face.subject_height_cm,
        face.properties.to_bytes(3, "big"), face.expression, *(_raw_angle(a) for a in face.pose), *face.pose_uncertainty,
    )  # fmt: skip
    inner += b"".join(_POINT_2011.pack(p.kind, p.code, p.x, p.y, p.z) for p in face.points)
    inner += _IMAGE_2011.pack(
        face.image_type, face.image_format, face.width, face.height, face.sampling_level, face.post_processing,
        face.cross_reference, face.colour_space,
    )  # fmt: skip
    inner += len(face.image).to_bytes(4, "big") + face.image
    length = _REPRESENTATION_2011.size + len(inner)
    head = _REPRESENTATION_2011.pack(
        length, face.captured, face.source_type, face.device_vendor, face.device_type, len(face.qualities)
    )
    return head + inner
