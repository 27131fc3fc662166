"""What the sequence check found (E24, E25, E27), asked of the officer where the fingers are taken: at the desk (S4) and at a home (S17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from station.dossier.findings import FINDING, FingerFinding, finger_code
from ui.screens.base import Screen
from ui.widgets.actions import Action
from ui.widgets.reason import ReasonPanel


class FindingAsked:
    """The finding that is open on a screen. `again(step, words)` takes a capture back, `go_on()` leaves the question to the supervisor."""

    def __init__(self, screen: Screen, page: str, reason: ReasonPanel, again: Callable[[str, str], None], go_on: Callable[[], None],
                 shut: Callable[[], None]) -> None:  # fmt: skip
        self._screen, self._page, self._reason = screen, page, reason
        self._again, self._leave, self._shut = again, go_on, shut
        self.found: FingerFinding | None = None
        self._answered: dict[tuple[str, str], frozenset[str]] = {}
        """Findings the officer went on with, by dossier and key, and the captures they rested on then: a retake asks anew."""

    def look(self, findings: Iterable[FingerFinding]) -> FingerFinding | None:
        """Take what is open in a dossier; return what must be answered now."""
        self.found = next((f for f in findings if not self._is_answered(f)), None)
        return self.found

    def _is_answered(self, found: FingerFinding) -> bool:
        """More evidence on the same captures asks nothing anew, another capture does."""
        known = self._answered.get((self._screen.dossier, found.key))
        return known is not None and known <= found.captures

    def words(self, found: FingerFinding) -> tuple[str, str, str]:
        """Return the small head, what to do, the other language."""
        texts = self._screen.texts
        fingers = ", ".join(texts(finger_code(f)).lower() for f in found.fingers[:4])
        who = "ui.finding.operator" if found.kind == "operator-finger" else "ui.finding.person"
        whose = " · " + texts(who, person=found.person) if found.person else ""
        code = f"finding-{found.kind}"
        return f"{found.code} · {texts(code)}", f"{fingers}{whose}. {texts('ui.finding.next')}", texts.second(code)

    def offers(self, found: FingerFinding) -> list[Action]:
        """Take one again, look at both, the supervisor, pause, go on and decide later."""
        screen, act = self._screen, self._screen.act
        if not self._reason.isHidden():
            return [act("cancel", "ui.action.back", "Esc", self._shut, icon="back"),
                    act("reason", "ui.action.take-reason", "F12", self._reason.take, primary=True)]  # fmt: skip
        return [
            act("retake", "ui.action.retake", "F4", lambda: self._which(found)),
            act("side", "ui.action.side-by-side", "F6", self._both, icon="columns"),
            act("supervisor", "ui.action.supervisor", "F8", lambda: screen.shell.call_supervisor(FINDING, found.key)),
            act("pause", "ui.action.pause", "F9", screen.pause),
            act("go-on", "ui.finding.go-on", "F12", lambda: self._go_on(found), primary=True, icon="next"),
        ]

    def _both(self) -> None:
        """F6: the two captures side by side; Back leads here again."""
        from ui.screens.side_by_side import SideBySideScreen

        page = self._screen.shell.page_named("side-by-side")
        assert isinstance(page, SideBySideScreen)
        page.came_from = (self._page, self._screen.dossier)
        self._screen.shell.go("side-by-side", self._screen.dossier)

    def _which(self, found: FingerFinding) -> None:
        """F4: one of the captures that the finding rests on; the strongest evidence's two come first."""
        codes = [f"step.{s}" for s in found.steps[:4]]

        def again(code: str, words: str) -> None:
            self._answered.pop((self._screen.dossier, found.key), None)
            self.found = None
            self._again(code.removeprefix("step.") if code in codes else found.steps[0], f"{found.code}: {words}")

        self._reason.ask(self._screen.texts("ui.finding.which"), codes, again)
        self._screen.shell.refresh_actions()

    def _go_on(self, found: FingerFinding) -> None:
        """The next capture; the question stays in the supervisor's list and, when strong, before the seal."""
        self._answered[(self._screen.dossier, found.key)] = found.captures
        self.found = None
        self._leave()
