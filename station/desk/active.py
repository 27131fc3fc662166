"""The blink-and-turn check at the portrait (S5): asked for by the officer, or by itself where the setting wants it; always written down.

An aid to the officer who watches: it detects no liveness, decides nothing, and a picture may be taken however it ends.
"""

from __future__ import annotations

from collections.abc import Callable

from station.app import Station
from station.capture.active import ActiveAid
from station.dossier.kinds import Kind
from station.dossier.parts import Lifecycle
from station.views.portrait_active import ActiveView, active_view


class ActiveDesk:
    """Runs on the station's thread, except `begin`, `stop`, `running`, `live_view` (any thread)."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._aid: ActiveAid | None = None
        self._at = ("", "")
        self.heard: Callable[[str | None], None] | None = None
        """Told each challenge when it is asked, None at the end (a demo's simulated person does what it hears)."""

    @property
    def offered(self) -> bool:
        """Whether this station has the check (setting ``portrait.active``)."""
        return self._station.settings.text("portrait.active") != "off"

    @property
    def running(self) -> bool:
        """Whether a check runs: no picture is taken meanwhile."""
        return self._aid is not None and self._aid.running

    def opened(self, dossier: str, step: str, aid: ActiveAid) -> None:
        """A live picture of the portrait is being opened; begin a check where one is required and none was gone through yet."""
        aid.forget()
        aid.heard = self.heard
        self.note()
        self._aid, self._at = aid, (dossier, step)
        done = [c for c in self._station.book.state(dossier).active_checks if c.step == step and c.outcome != "stopped"]
        if self._station.settings.text("portrait.active") == "required" and not done:
            aid.begin()

    def begin(self) -> None:
        """The officer asks for a check."""
        if self._aid is not None and self.offered:
            self._aid.begin()

    def stop(self) -> None:
        """The officer stops it, or the live picture is left; it is kept as stopped."""
        if self._aid is not None:
            self._aid.stop()

    def note(self) -> None:
        """Write down what ended. A dossier that is sealed or paused meanwhile takes no facts any more."""
        over = self._aid.taken() if self._aid is not None else ()
        dossier, step = self._at
        if not over:
            return
        state = self._station.book.state(dossier)
        if state.lifecycle is not Lifecycle.OPEN or state.sealed:
            return
        for check in over:
            self._station.book.write(Kind.ACTIVE_CHECKED, {
                "step": step, "challenges": [str(c) for c in check.challenges], "done": check.done, "outcome": str(check.outcome),
                "tier": check.tier}, dossier)  # fmt: skip

    def live_view(self) -> ActiveView:
        """Return what the screen says of the check that runs or just ended."""
        return active_view(self._aid.progress if self._aid is not None else None, offered=self.offered)

    def view(self, dossier: str) -> ActiveView:
        """Return what is known of the newest check of this dossier, after writing down what ended."""
        self.note()
        checks = self._station.book.state(dossier).active_checks
        return active_view(None, offered=self.offered, recorded=checks[-1] if checks else None)
