"""The simulated bridge: `start()` gives the command line of a child that speaks the bridge protocol, with faults to order.

The child (`bridge_child.py`) shares nothing with `devices.bridge` nor with its example. Profiles: ``prints`` (synthetic fingers),
``stripes`` (drawn without any library, starts at once).
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from devices.errors import ProfileError

CHILD: Final = Path(__file__).with_name("bridge_child.py")
PROFILES: Final = ("prints", "stripes")


class BridgeSimulator:
    """Makes command lines; the child itself lives and dies with the adapter that starts it."""

    FAULTS: Final[tuple[str, ...]] = (
        "dropped-byte", "split-read", "silence", "short-last-packet", "lying-length", "endless-data", "unplug", "huge-length",
        "garbage-header", "deaf", "stuck", "crash", "error-flood", "wrong-version", "half-picture", "other-finger", "frozen-preview",
        "ignores-cancel", "late-answer", "busy",
    )  # fmt: skip

    def __init__(self, profile: str | None = None, faults: Sequence[str] = ()) -> None:
        self.profile = profile or "prints"
        if self.profile not in PROFILES:
            raise ProfileError(f"No bridge profile is called '{self.profile}'; there are: {', '.join(PROFILES)}.")
        self.faults = tuple(faults)

    def start(self) -> str:
        """Return the command line that starts the child."""
        return shlex.join(self.command())

    def command(self, *, healthy: bool = False) -> list[str]:
        """Return the command as a list; `healthy` leaves the faults out."""
        faults = [] if healthy else [f"--fault={name}" for name in self.faults]
        return [sys.executable, "-I", str(CHILD), f"--profile={self.profile}", *faults]

    def stop(self) -> None:
        """Nothing runs here."""
