"""What the captures of fingers and of irises share: the panel of exceptions (F7) beside the live picture, opened, signed, shut."""

from __future__ import annotations

from abc import abstractmethod

from biometrics.positions import Eye, FingerPosition
from ui.screens.declaring import Declaring, asked_of_applicant
from ui.screens.exceptions import ExceptionPanel
from ui.screens.live import LiveScreen
from ui.theme.tokens import State
from ui.widgets.actions import Action


class ExceptingScreen(LiveScreen):
    """A live capture whose parts may be declared exceptions. Subclasses set `exceptions` with `take_panel` while they are built."""

    exceptions: ExceptionPanel
    declaring: Declaring

    def take_panel(self, panel: ExceptionPanel) -> ExceptionPanel:
        """Keep the panel, hidden and bound to this screen."""
        self.exceptions = panel
        panel.hide()
        self.covering.watch(panel)
        self.declaring = Declaring(self, panel, self.view, self._told_hand, self._shut_exceptions)
        panel.changed.connect(self.shell.refresh_actions)
        return panel

    @abstractmethod
    def show_side(self, *, exceptions: bool) -> None:
        """Show the panel in place of what stands beside the picture, or the other way round."""

    def focus_keys(self) -> None:
        """Give the focus back to what takes the keys of this capture."""
        self.setFocus()

    def leave(self) -> None:
        """Let the hand's camera go; what was not signed is not declared."""
        self.declaring.stop()
        super().leave()

    def hides_capture(self) -> bool:
        """While a hand is photographed its picture stands in the place of the capture's, and the words are about it."""
        return self.declaring.open_now

    def exception_offers(self) -> list[Action] | None:
        """Return what can be done while the panel is open, None while it is not."""
        return self.declaring.offers() if self.exceptions.isVisible() else None

    def open_exceptions(self) -> None:
        """F7."""
        self.show_side(exceptions=True)
        self.declaring.open()
        self.shell.refresh_actions()

    def choose_exception(self, part: FingerPosition | Eye) -> bool:
        """A digit: the part is chosen in the panel, which opens for it."""
        if not self.exceptions.isVisible():
            self.open_exceptions()
        self.declaring.choose(part)
        self.shell.refresh_actions()
        return True

    def _told_hand(self, code: str) -> None:
        self.banner.say(State.EXCEPTION, self.texts("ui.state.exception"), self.texts(code), self.texts.second(code))
        self._tell(asked_of_applicant(code), 0)

    def _shut_exceptions(self, declared: bool) -> None:
        """Nothing was declared: the capture goes on as it stood; otherwise it opens anew, with what it expects now."""
        if declared:
            self._held_back = False
            self.entered += 1
            self.running = None
            self.counter.stop_capture()
        self.show_side(exceptions=False)
        self.focus_keys()
        self.invite()
        if declared:
            self.next_step()
        elif self.decide:
            self.ask_used_up()
        self.shell.refresh_actions()
