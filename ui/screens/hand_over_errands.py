"""S13 beside the hand-over itself: where an undelivered card lies and when the next try is (F6), the note for another unit's cards (F8), the signed list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from station.desks.cards import HandOverDesk
from station.desks.papers import draw_pages
from station.desks.photograph import photograph
from station.views.hand_over import CardRow
from ui.printing import print_pages
from ui.screens.base import Screen
from ui.theme.tokens import State
from ui.widgets.not_home import NotHome

Say = Callable[[State, str, str], None]


class Errands:
    """Over one page. `over(dossier)`: the card's state changed, look anew; `say`: the page's banner."""

    def __init__(self, page: Screen, over: Callable[[str], None], say: Say) -> None:
        self._page, self._over, self._say = page, over, say
        self.form = NotHome(page.texts)
        self._dossier = ""

    def ask_away(self, desk: HandOverDesk, row: CardRow, reason: str) -> None:
        """Ask for place, calls and next try; what an earlier try noted stands in the fields."""
        page, self._dossier = self._page, row.dossier

        def show(day: date) -> None:
            self.form.ask(reason, row.place, row.phone_tries, day)
            page.shell.refresh_actions()

        page.ask(desk.next_try, show)

    def away_now(self, desk: HandOverDesk) -> None:
        """Write it down; a fault stays in its field."""
        said, why, dossier, page = self.form.said(), self.form.why, self._dossier, self._page
        if said is None:
            return
        place, tries, day = said

        def refused(error: BaseException) -> None:
            self.form.next_try.show_fault(page.texts(str(getattr(error, "reason_code", "")) or "next-try"))

        page.ask(
            lambda: desk.undelivered(dossier, why, place=place, phone_tries=tries, next_try=day),
            lambda _: self._over(dossier),
            refused,
        )

    def signed_list(self, over: Callable[[bytes | None], None]) -> None:
        """Photograph the signed list: the receiver's signature where no finger was compared. `over(None)`: no picture, it was said why."""
        page, counter = self._page, self._page.counter

        def failed(error: BaseException) -> None:
            over(None)
            page.shell.show_trouble(error)

        page.ask(lambda: photograph(counter), over, failed)

    def route_note(self, desk: HandOverDesk) -> None:
        """The note that goes with the cards of other units, on paper where there is a printer."""
        texts = self._page.texts

        def work() -> tuple[bool, int]:
            return print_pages(draw_pages(desk.route_note())), len(desk.astray())

        def printed(answer: tuple[bool, int]) -> None:
            on_paper, count = answer
            code = "ui.hand.note-printed" if on_paper else "ui.hand.note-kept"
            self._say(State.GOOD if on_paper else State.RETRY, texts(code, count=count), texts.second(code, count=count))

        self._page.ask(work, printed)
