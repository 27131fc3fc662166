"""Blob segments: dated, encrypted, append-only files beside the database, so that a purge drops a file instead of rewriting one.

Record: length (4 bytes, big endian) ‖ SHA-256 of the original ‖ nonce ‖ AES-256-GCM(codec byte ‖ stored bytes), bound to
segment name and SHA-256. Every segment has its own random key, kept in the encrypted database: dropping the key's row makes the
file unreadable even where a disk keeps old sectors. A record counts only when the database points at it.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.files import AppendHandle, Files
from station.journal.errors import DamagedError

MAX_BLOB_BYTES: Final = 64 * 1024 * 1024
MAX_SEGMENT_BYTES: Final = 256 * 1024 * 1024
HEADER: Final = b"ENROLLMENT-SEGMENT-1\n"
RECORD_OVERHEAD: Final = 4 + 32 + 12


def record_bytes(key: bytes, segment: str, sha: bytes, codec: int, stored: bytes) -> bytes:
    """Return the record for one blob."""
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, bytes([codec]) + stored, _bound(segment, sha))
    return len(sealed).to_bytes(4, "big") + sha + nonce + sealed


def open_record(key: bytes, segment: str, sha: bytes, record: bytes) -> tuple[int, bytes]:
    """Return (codec, stored bytes) of one record.

    Raises:
        DamagedError: cut, altered, another blob's, or from another segment.
    """
    length = int.from_bytes(record[:4], "big")
    if len(record) != RECORD_OVERHEAD + length or record[4:36] != sha:
        raise DamagedError(f"An image in {segment} is cut off or is another one; restore this file from a backup.", file=segment)
    try:
        opened = AESGCM(key).decrypt(record[36:48], record[48:], _bound(segment, sha))
    except (InvalidTag, ValueError) as error:
        raise DamagedError(f"An image in {segment} was altered; restore this file from a backup.", file=segment) from error
    return opened[0], opened[1:]


class SegmentWriter:
    """The one segment being written."""

    def __init__(self, files: Files, name: str, key: bytes) -> None:
        self._files, self.name, self._key = files, name, key
        self._handle: AppendHandle = files.append(name)
        if self._handle.size < len(HEADER):  # new, or cut before its header was synced
            self._handle.truncate(0)
            self._handle.write(HEADER)

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self._handle.size

    def add(self, sha: bytes, codec: int, stored: bytes) -> tuple[int, int]:
        """Append one record; return (offset, length). Durable on return."""
        record = record_bytes(self._key, self.name, sha, codec, stored)
        at = self._handle.write(record)
        self._handle.sync()
        return at, len(record)

    def close(self) -> None:
        """Close the file; everything in it is already durable."""
        self._handle.close()


def _bound(segment: str, sha: bytes) -> bytes:
    return b"enrollment-station blob 1|" + segment.encode() + b"|" + sha
