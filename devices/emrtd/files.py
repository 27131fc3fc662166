"""Reading one elementary file: select, learn its length, read block by block, survive what real chips answer.

Block sizes fall back from extended to 223 bytes (the most that fits a short protected answer), offsets beyond 32 kB use the
odd instruction, and what was read before a lost field is kept so that the reading goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from devices.emrtd import tlv
from devices.emrtd.apdu import Command, Response, meaning
from devices.emrtd.errors import CardStatusError
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from devices.emrtd.session import CardSession

SHORT_BLOCK: Final = 223
MAX_FILE: Final = 1 << 20
_ODD_FROM: Final = 0x8000
_LENGTH_REFUSED: Final = frozenset({0x6700, 0x6E00, 0x6D00, 0x6A86, 0x6F00, 0x6985, 0x6988, 0x6987})
"""What chips answer to an extended command that they do not know."""


class BlockSize:
    """The size in use: starts at what reader and chip may manage, falls back once and for all."""

    def __init__(self, extended: int) -> None:
        self.value = max(extended, SHORT_BLOCK)

    @property
    def extended(self) -> bool:
        """Whether the short form no longer suffices."""
        return self.value > SHORT_BLOCK

    def fall_back(self) -> None:
        """Use short blocks from now on."""
        self.value = SHORT_BLOCK


class ExtendedRefused(Exception):  # noqa: N818 - a signal inside this room, never seen outside
    """The chip dropped the protected channel over an extended command: open it again and go on with short blocks."""


def select(session: CardSession, identifier: int) -> Response:
    """Select an elementary file by its identifier."""
    return session.send(Command(0x00, 0xA4, 0x02, 0x0C, identifier.to_bytes(2, "big")))


def read_selected(session: CardSession, kept: bytearray, block: BlockSize,
                  progress: Callable[[int, int], None] | None = None) -> bytes:  # fmt: skip
    """Read the selected file to the length its first bytes announce; `kept` holds what is there already and grows.

    Raises:
        CardStatusError: the chip refuses, or the file ends before its own length.
        DeviceFormatError: the file does not start with a TLV header, or announces more than 1 MB.
        ExtendedRefused: see there.
    """
    if len(kept) < 8:
        kept.clear()
        answer = session.send(Command(0x00, 0xB0, 0x00, 0x00, b"", 8))
        if not answer.ok and answer.sw & 0xFF00 != 0x6200:
            raise _status(answer)
        kept += answer.data
        if len(kept) < 2:
            raise _short_file(answer.sw)
    _, header, length = tlv.header(bytes(kept[:8]))
    total = header + length
    if total > MAX_FILE:
        raise DeviceFormatError("A file of the chip announces more than 1 MB.")
    while len(kept) < total:
        wanted = min(block.value, total - len(kept))
        answer = _read(session, len(kept), wanted)
        if not answer.ok and answer.sw & 0xFF00 != 0x6200:
            if block.extended and answer.sw in _LENGTH_REFUSED:
                block.fall_back()
                if session.lost:
                    raise ExtendedRefused
                continue
            if answer.sw == 0x6B00:
                raise _short_file(answer.sw)
            raise _status(answer)
        if not answer.data:
            raise _short_file(answer.sw)
        kept += answer.data[: total - len(kept)]
        if progress is not None:
            progress(len(kept), total)
    return bytes(kept[:total])


def _read(session: CardSession, offset: int, wanted: int) -> Response:
    if offset < _ODD_FROM:
        return session.send(Command(0x00, 0xB0, offset >> 8, offset & 0xFF, b"", wanted))
    data = tlv.encode(0x54, offset.to_bytes((offset.bit_length() + 7) // 8, "big"))
    # The answer is wrapped in object 53, whose header must fit the same short answer.
    short = wanted <= SHORT_BLOCK
    answer = session.send(Command(0x00, 0xB1, 0x00, 0x00, data, min(wanted, SHORT_BLOCK - 3) + 3 if short else wanted + 5))
    if not answer.data:
        return answer
    item, _ = tlv.parse_one(answer.data)
    if item.tag not in (0x53, 0x73):
        raise DeviceFormatError("The chip's answer to a long read is not wrapped as it must be.")
    return Response(item.value, answer.sw)


def _status(answer: Response) -> CardStatusError:
    return CardStatusError("The card refused to give a file; what was read before is kept apart. Put the card down again.",
                           sw=answer.sw, code=f"card-{meaning(answer.sw)}" if answer.sw == 0x6982 else None)  # fmt: skip


def _short_file(sw: int) -> CardStatusError:
    return CardStatusError("A file of the card ends before its own length; it was not used.", sw=sw, code="card-file-short")
