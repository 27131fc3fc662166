"""Lossless compression of blobs. The number of the codec is stored with each blob; numbers are never reused."""

from __future__ import annotations

import zlib
from enum import IntEnum

from station.journal.errors import DamagedError


class Codec(IntEnum):
    """How a blob's bytes are stored."""

    STORED = 0
    ZLIB = 1


def compress(data: bytes, media_type: str) -> tuple[Codec, bytes]:  # noqa: ARG001 - the pixel codecs come next
    """Return the smallest stored form of `data`; `decompress` gives back exactly `data`."""
    packed = zlib.compress(data, 1)
    return (Codec.ZLIB, packed) if len(packed) < len(data) else (Codec.STORED, data)


def decompress(codec: int, stored: bytes, size: int) -> bytes:
    """Return the original `size` bytes.

    Raises:
        DamagedError: unknown codec, or not that many bytes come out.
    """
    try:
        if codec == Codec.STORED:
            data = stored
        elif codec == Codec.ZLIB:
            data = zlib.decompressobj().decompress(stored, size + 1)
        else:
            raise DamagedError(f"A stored image uses codec {codec}, which this program does not know; install the newer one.")
    except zlib.error as error:
        raise DamagedError("A stored image does not decompress; restore it from a backup.") from error
    if len(data) != size:
        raise DamagedError("A stored image has a wrong length; restore it from a backup.")
    return data
