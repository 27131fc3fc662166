"""A line that plays a typed transcript: it wants exactly these bytes and answers exactly those."""

from __future__ import annotations

from collections.abc import Sequence

from devices.transports import Deadline, Transport


class ScriptedLine(Transport):
    """`script` holds pairs (what the host must send, what the module then sends), both as hexadecimal with blanks."""

    def __init__(self, script: Sequence[tuple[str, str]], baud: int = 57600) -> None:
        super().__init__()
        self._script = [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in script]
        self._pending = b""
        self._baud = baud
        self.bauds: list[int] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert self._script, f"nothing more may be sent, but: {data.hex()}"
        wanted, answer = self._script.pop(0)
        assert data.hex() == wanted.hex()
        self._pending += answer

    def _read(self, most: int, seconds: float) -> bytes:
        data, self._pending = self._pending[:most], self._pending[most:]
        return data

    @property
    def baud(self) -> int:
        return self._baud

    def set_baud(self, baud: int) -> None:
        self.bauds.append(baud)
        self._baud = baud

    def close(self) -> None:
        pass

    def done(self) -> bool:
        """Whether the whole transcript was played."""
        return not self._script and not self._pending
