"""Command and response APDUs, ISO/IEC 7816-4:2020 clause 5: short and extended length, and what the status words mean."""

from __future__ import annotations

from dataclasses import dataclass

from devices.errors import DeviceProtocolError

SW_OK = 0x9000
SHORT_LE_MAX = 256
EXTENDED_LE_MAX = 65536


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """One command. `le` is the number of bytes wanted: None for none, 256 (short) or 65,536 (extended) for "all there is"."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    def __repr__(self) -> str:
        return f"Command({self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}, {len(self.data)} bytes, le={self.le})"

    @property
    def needs_extended(self) -> bool:
        """Whether the short form cannot say it."""
        return len(self.data) > 255 or (self.le or 0) > SHORT_LE_MAX

    def encode(self) -> bytes:
        """Return the bytes; the extended form is used only where the short one cannot say it."""
        head = bytes([self.cla, self.ins, self.p1, self.p2])
        le = self.le
        if not self.needs_extended:
            body = bytes([len(self.data)]) + self.data if self.data else b""
            return head + body + (bytes([le & 0xFF]) if le is not None else b"")
        body = b"\x00" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if le is None:
            return head + body
        return head + body + (b"" if self.data else b"\x00") + (le & 0xFFFF).to_bytes(2, "big")


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """One answer: its data and its status word."""

    data: bytes
    sw: int

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.sw:04X})"

    @property
    def ok(self) -> bool:
        """Whether the status is 9000."""
        return self.sw == SW_OK


def parse_response(raw: bytes) -> Response:
    """Split an answer into data and status.

    Raises:
        DeviceProtocolError: shorter than two bytes, or longer than a response can be.
    """
    if not 2 <= len(raw) <= EXTENDED_LE_MAX + 2:
        raise DeviceProtocolError("The card sent an answer without a status; nothing of it was used. Put the card down again.")
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))


def meaning(sw: int) -> str:
    """Return a short name of a status word (codes only; the words for people stand in the catalogue)."""
    if sw & 0xFFF0 == 0x63C0:
        return "verification-failed"
    return _MEANINGS.get(sw) or _MEANINGS.get(sw & 0xFF00, "unknown")


_MEANINGS = {
    0x9000: "done", 0x6100: "more-data", 0x6282: "end-of-file", 0x6300: "verification-failed", 0x6700: "wrong-length",
    0x6882: "no-secure-messaging", 0x6982: "not-allowed", 0x6983: "blocked", 0x6985: "conditions-not-met",
    0x6987: "protection-missing", 0x6988: "protection-wrong", 0x6A80: "wrong-data", 0x6A82: "file-not-found",
    0x6A86: "wrong-parameters", 0x6A87: "wrong-length", 0x6A88: "reference-not-found", 0x6B00: "past-the-end",
    0x6C00: "wrong-le", 0x6D00: "command-unknown", 0x6E00: "class-unknown",
}  # fmt: skip
