"""A fault script for a simulated serial line: which fault, where in the talk, how often.

    FaultScript(["dropped-byte", "silence@answer", "bad-checksum*"])

A name alone strikes once, in the transfer of a picture; ``@answer`` strikes a short answer instead; a ``*`` at the end means every
time. The script plants faults and knows nothing of what detects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from devices.errors import UnsupportedCommandError

Part = Literal["answer", "picture"]

SERIAL_FAULTS: Final[tuple[str, ...]] = (
    "dropped-byte",
    "bad-checksum",
    "stray-ready",
    "split-read",
    "silence",
    "double-ack",
    "short-last-packet",
    "wrong-baud",
    "lying-length",
    "unplug",
    "endless-data",
)
ANSWER_FAULTS: Final[tuple[str, ...]] = tuple(f"{name}@answer" for name in SERIAL_FAULTS if name != "short-last-packet")


class FaultScript:
    """Faults still to be played."""

    def __init__(self, faults: Sequence[str]) -> None:
        self._waiting: list[tuple[str, Part, bool]] = []
        for fault in faults:
            name, _, part = fault.removesuffix("*").partition("@")
            if name not in SERIAL_FAULTS or part not in ("", "answer", "picture"):
                raise UnsupportedCommandError(f"No serial simulator can make the fault '{fault}'; nothing was started.",
                                              code="simulator-fault-unknown")  # fmt: skip
            self._waiting.append((name, "answer" if part == "answer" else "picture", fault.endswith("*")))

    def strikes(self, name: str, part: Part) -> bool:
        """Whether the fault happens here and now; a fault that strikes once is then used up."""
        for entry in self._waiting:
            if entry[:2] == (name, part):
                if not entry[2]:
                    self._waiting.remove(entry)
                return True
        return False

    @property
    def spent(self) -> bool:
        """Whether every fault that strikes once has struck."""
        return all(entry[2] for entry in self._waiting)
