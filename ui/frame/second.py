"""The second screen as the shell holds it: made when it is opened, silent while it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from biometrics.positions import FingerPosition
from station.views.applicant import ApplicantView
from station.views.thumbs import Thumb
from station.views.waiting import WaitingTicket, invitation
from station.words.languages import OtherLanguage
from ui.qt import QImage
from ui.texts import Texts
from ui.theme.tokens import State

if TYPE_CHECKING:
    from ui.applicant import ApplicantWindow
    from ui.shell import Shell


WAITING_S = 10
"""How often the waiting times are asked for."""


class SecondScreen:
    """Passes on what the applicant may see."""

    def __init__(self, shell: Shell, *, demo: bool) -> None:
        self._shell, self._demo = shell, demo
        self._texts = Texts("vi")
        self._other: OtherLanguage | None = None
        self.window: ApplicantWindow | None = None
        self._signed: Callable[[bytes], None] | None = None
        self._ticks = 0
        self.dossier = ""
        """Whose things may be shown; empty: nobody's, and what still arrives is dropped."""
        self._tickets: dict[str, str] = {}

    @property
    def texts(self) -> Texts:
        """Words as the applicant reads them: the station's setting, whatever language the officer works in."""
        counter = self._shell.counter
        setting, other = counter.applicant_language if counter is not None else ("vi", None)
        if (setting, other) != (self._texts.setting, self._other):
            self._texts, self._other = Texts(setting, other), other
        return self._texts

    def open(self) -> None:
        """Show the window (on the second monitor where there is one)."""
        from ui.applicant import ApplicantWindow
        from ui.theme.style import Current, style_sheet

        if self.window is None:
            self.window = ApplicantWindow(self.texts, demo=self._demo)
            self.window.setStyleSheet(style_sheet(Current.theme))
            self.window.on_answer = lambda field, right: _answer(self._shell, field, right)
            self.window.on_signed = self._drawn
        self.window.place()
        self.refresh_waiting()

    @property
    def shown(self) -> bool:
        """Whether a person sees it."""
        return self.window is not None and self.window.isVisible()

    def _drawn(self, png: bytes) -> None:
        signed, self._signed = self._signed, None
        if signed is not None:
            signed(png)

    def ask_signature(self, signed: Callable[[bytes], None]) -> bool:
        """Wait for a drawn signature."""
        if not self.shown:
            return False
        self._signed = signed
        return True

    def turn_to(self, dossier: str) -> None:
        """The officer opened a dossier, another one, or none: nothing of the person before stays. The same dossier's next desk leaves what
        is shown until that desk shows its own."""
        if dossier != self.dossier:
            self.dossier, self._signed = dossier, None
            self._clear(self._tickets.get(dossier, ""))
            if not dossier:
                self.refresh_waiting()

    def name_ticket(self, dossier: str, ticket: str) -> None:
        """The ticket of the dossier that was turned to; it stands there until something of that person is shown."""
        self._tickets = {dossier: ticket}
        if dossier == self.dossier and self.window is not None and self.window.is_blank:
            self._clear(ticket)

    def blank(self) -> None:
        """Pause, lock, change of dossier: the ticket stays, nothing else, and nothing comes until a dossier is opened anew."""
        ticket = self._tickets.get(self.dossier, "")
        self.dossier, self._signed = "", None
        self._clear(ticket)

    def _clear(self, ticket: str, waiting: tuple[WaitingTicket, ...] = ()) -> None:
        """A ticket whose dossier was opened is called to this desk; one that is paused or locked just stands there."""
        counter = self._shell.counter
        if self.window is not None:
            self.window.use(self.texts)
            called = invitation(ticket, counter.queue.desk) if ticket and self.dossier and counter is not None else None
            self.window.blank(ticket, called, waiting)

    def refresh_waiting(self) -> None:
        """While nobody's dossier is open: which tickets wait, and about how long."""
        counter = self._shell.counter
        if counter is None or not self.shown or self.dossier or self._shell.page_name in ("", "start", "sign-in"):
            return

        def show(waiting: tuple[WaitingTicket, ...]) -> None:
            if not self.dossier and self.window is not None and self._shell.page_name != "sign-in":
                self._clear("", waiting)

        self._shell.jobs.submit(counter.waiting, show)

    def tick(self) -> None:
        """Once a second: the waiting times are asked for anew now and then."""
        self._ticks = (self._ticks + 1) % WAITING_S
        if not self._ticks:
            self.refresh_waiting()

    @property
    def _open(self) -> bool:
        return self.shown and bool(self.dossier)

    def words(self, words: str) -> None:
        """Say a sentence."""
        if self.window is not None and self._open:
            self.window.use(self.texts)
            self.window.words(words)

    def frame(self, image: QImage | None, kind: str) -> None:
        """Show a live face."""
        if self.window is not None and self._open:
            self.window.show_frame(image, kind)

    def hand(self, asked: frozenset[FingerPosition], states: dict[FingerPosition, State], missing: frozenset[FingerPosition],
             question: FingerPosition | None) -> None:  # fmt: skip
        """Show a hand."""
        if self.window is not None and self._open:
            self.window.show_hand(asked, states, missing, question)

    def view(self, view: ApplicantView, thumbs: tuple[Thumb, ...]) -> None:
        """Show the review."""
        if self.window is not None and self._open:
            self.window.use(self.texts)
            self.window.show_view(view, thumbs)

    def close(self) -> None:
        """Take the window away."""
        window, self.window = self.window, None
        if window is not None:
            window.close()
            window.deleteLater()


def _answer(shell: Shell, field: str, right: bool) -> None:
    from ui.screens.review import ReviewScreen

    page = shell.page
    if isinstance(page, ReviewScreen):
        page.say_line(field, right)
