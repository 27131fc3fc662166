"""Templates as bytes, at most 2 kB: the form for journals and galleries. Codes are not stored; they are computed again from the minutiae.

Layout, little endian: magic ``EFT``, version 1, width, height, origin x, y (u16 each), mask rows, columns (u8), minutiae (u8), quantiser step (u8),
length of the mask and of the ridge picture (u16 each), then minutiae of 5 bytes (x 12 bits, y 12, angle 8, quality 6, kind 2), their
texture codes of 8 bytes (where the version is 1; none in version 2, for foreign minutiae), mask and kept blocks (packed bits, deflated), ridge picture (`ridge_codec`), CRC-32 of all before.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError
from biometrics.fingerprint.minutiae import cylinders, ridge_codec
from biometrics.fingerprint.minutiae.fields import CELL
from biometrics.fingerprint.minutiae.template import SAMPLE_PX, Template

MOST_BYTES: Final = 2048
STORED_MINUTIAE: Final = 64
_HEAD: Final = struct.Struct("<3sBHHHHBBBBHH")
_MOST_CELLS: Final = 255


def _shape(rows: int, columns: int) -> tuple[int, int]:
    """Return (height, width) of the ridge picture of a mask of so many cells: enough samples to cover it."""
    return -(-rows * CELL * 2 // 5), -(-columns * CELL * 2 // 5)


def to_bytes(template: Template, limit: int = MOST_BYTES) -> bytes:
    """Return the template in at most `limit` bytes: the best 64 minutiae, and as much of the ridge picture as fits.

    Raises:
        FormatError: a mask of more than 255x255 cells (3,060 px).
    """
    rows, columns = template.mask.shape
    if max(rows, columns) > _MOST_CELLS:
        raise FormatError("The print is too large for a stored template.", code="template-too-large")
    n = min(len(template), STORED_MINUTIAE)
    place = template.x[:n].astype(np.uint64) << 28 | template.y[:n].astype(np.uint64) << 16
    rest = template.angle[:n].astype(np.uint64) << 8 | (template.quality[:n] >> 2).astype(np.uint64) << 2 | template.kind[:n] & 3
    points = (place | rest).astype(">u8").view(np.uint8).reshape(-1, 8)[:, 3:].tobytes()
    textured = len(template.texture) == len(template)
    if textured:
        points += template.texture[:n].astype("<u8").tobytes()
    shape = _shape(rows, columns)
    picture = np.zeros(shape, np.int8)
    part = template.ridges[: shape[0], : shape[1]]
    picture[: part.shape[0], : part.shape[1]] = part
    mask = np.packbits(template.mask).tobytes()
    room = limit - _HEAD.size - len(points) - len(zlib.compress(mask, 9)) - 64
    while True:
        step, live, data = ridge_codec.encode(picture, max(room, 0))
        packed = zlib.compress(mask + np.packbits(live).tobytes(), 9)
        over = _HEAD.size + len(points) + len(packed) + len(data) + 4 - limit
        if over <= 0 or room <= 0:
            break
        room -= over + 8
    head = _HEAD.pack(
        b"EFT",
        1 if textured else 2,
        template.width,
        template.height,
        *template.origin,
        rows,
        columns,
        n,
        step,
        len(packed),
        len(data),
    )
    body = head + points + packed + data
    return body + struct.pack("<I", zlib.crc32(body))


def from_bytes(data: bytes, *, ridges: bool = True, codes: NDArray[np.uint64] | None = None) -> Template:
    """Return the template that `to_bytes` wrote.

    Args:
        data: the stored form.
        ridges: False leaves the ridge picture out (a tenth of the work).
        codes: (m, 2) known codes of the best m minutiae, which spares computing them; the template then has only those minutiae.

    Raises:
        FormatError: not a template, another version, a length or a place that lies, a wrong checksum.
    """
    if not _HEAD.size + 4 <= len(data) <= 4 * MOST_BYTES or data[:3] != b"EFT":
        raise FormatError("These bytes are not a fingerprint template.", code="template-unknown")
    if data[3] not in (1, 2):
        raise FormatError(f"Template version {data[3]} is not known here.", code="template-version")
    if zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise FormatError("The template's checksum is wrong: its bytes were changed.", code="template-damaged")
    _, _, width, height, x0, y0, rows, columns, n, step, mask_size, picture_size = _HEAD.unpack_from(data)
    per_point = 13 if data[3] == 1 else 5
    if _HEAD.size + per_point * n + mask_size + picture_size + 4 != len(data) or not rows or not columns or not step:
        raise FormatError("The template's lengths do not fit its size.", code="template-damaged")
    points = np.zeros((n, 8), np.uint8)
    points[:, 3:] = np.frombuffer(data, np.uint8, 5 * n, _HEAD.size).reshape(n, 5)
    word = points.view(">u8").astype(np.uint64).ravel()
    x, y = (word >> 28 & 0xFFF).astype(np.uint16), (word >> 16 & 0xFFF).astype(np.uint16)
    if n and (int(x.max()) >= width or int(y.max()) >= height):
        raise FormatError("A minutia lies outside the template's picture.", code="template-damaged")
    texture = np.zeros(0, np.uint64)
    if data[3] == 1:
        texture = np.frombuffer(data, "<u8", n, _HEAD.size + 5 * n).astype(np.uint64)
    start = _HEAD.size + per_point * n
    shape = _shape(rows, columns)
    mask, live = _unpack_grids(data[start : start + mask_size], (rows, columns), shape)
    picture = np.zeros((0, 0), np.int8)
    if ridges:
        picture = ridge_codec.decode(data[start + mask_size : -4], step, live, shape)
        picture = np.where(_on_samples(mask, shape), picture, np.int8(0))
    angle = (word >> 8 & 0xFF).astype(np.uint8)
    if codes is None:
        codes = cylinders.encode(*cylinders.cylinders(x + np.float32(0.5), y + np.float32(0.5), angle, mask, (x0, y0)))
    m = min(n, len(codes))
    return Template(
        width=width,
        height=height,
        x=x[:m],
        y=y[:m],
        angle=angle[:m],
        quality=(word & 0xFC).astype(np.uint8)[:m],
        kind=(word & 3).astype(np.uint8)[:m],
        codes=codes[:m],
        texture=texture[:m],
        mask=mask,
        origin=(x0, y0),
        ridges=picture,
    )


def _unpack_grids(packed: bytes, cells: tuple[int, int], picture: tuple[int, int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    side = ridge_codec.SIDE
    blocks = -(-picture[0] // side), -(-picture[1] // side)
    sizes = -(-cells[0] * cells[1] // 8), -(-blocks[0] * blocks[1] // 8)
    decoder = zlib.decompressobj()
    try:
        raw = decoder.decompress(packed, sum(sizes) + 1)
    except zlib.error as error:
        raise FormatError("The template's mask is damaged.", code="template-damaged") from error
    if len(raw) != sum(sizes):
        raise FormatError("The template's mask has another size than announced.", code="template-damaged")
    grids = []
    for part, (rows, columns) in ((raw[: sizes[0]], cells), (raw[sizes[0] :], blocks)):
        bits = np.unpackbits(np.frombuffer(part, np.uint8), count=rows * columns)
        grids.append(bits.reshape(rows, columns).astype(bool))
    return grids[0], grids[1]


def _on_samples(mask: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    rows = np.minimum(((np.arange(shape[0]) + 0.5) * SAMPLE_PX / CELL).astype(np.intp), mask.shape[0] - 1)
    columns = np.minimum(((np.arange(shape[1]) + 0.5) * SAMPLE_PX / CELL).astype(np.intp), mask.shape[1] - 1)
    result: NDArray[np.bool_] = mask[np.ix_(rows, columns)]
    return result
