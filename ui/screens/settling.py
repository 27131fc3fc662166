"""S7, before the seal: what became of the old card, and whether this person pays a fee; asked in place, never modal."""

from __future__ import annotations

from collections.abc import Callable

from station.dossier.old_card import ANSWERS
from station.dossier.parts import OldCard
from station.views.finish import FinishView
from ui.screens.base import Screen
from ui.widgets.actions import Action
from ui.widgets.reason import ReasonPanel

NO_GROUND = "exemption.none"


class Settling:
    """Over one page: while it asks, F12, Esc and the digits are its own. `asks(True)` when it begins, `asks(False)` when it ends."""

    def __init__(
        self, page: Screen, asks: Callable[[bool], None], waiting: Callable[[], None], settled: Callable[[], None]
    ) -> None:
        """`waiting`: nothing is offered until the answer is written down; `settled`: look anew."""
        self._page, self._asks, self._waiting, self._settled = page, asks, waiting, settled
        self.panel = ReasonPanel(page.texts)

    @property
    def open(self) -> bool:
        """Whether something is asked now."""
        return not self.panel.isHidden()

    def offers(self) -> list[Action]:
        """Leave, or take what is chosen."""
        page = self._page
        return [page.act("leave", "ui.action.back", "Esc", self.shut, icon="back"),
                page.act("take", "ui.action.settle-this", "F12", self.panel.take, primary=True, icon="next")]  # fmt: skip

    def shut(self) -> None:
        """Ask nothing (more)."""
        if self.open:
            self.panel.shut()
            self._asks(False)

    def ask_old_card(self, at: int) -> None:
        """Ask what became of the old card; the answer the kind lets expect stands first."""
        self._ask("ui.settle.old-card", [f"s8.old-card.{a}" for a in ANSWERS], self._old_card, "ui.settle.why")
        self.panel.choose(at + 1)

    def ask_fee(self) -> None:
        """Ask on which ground no fee is due, among those that fit this kind."""
        page, counter, dossier = self._page, self._page.counter, self._page.dossier

        def show(view: FinishView) -> None:
            codes = [NO_GROUND, *(f"exemption.{ground}" for ground in view.exemptions)]
            self._ask("ui.settle.fee", codes, self._exempt, "ui.settle.note")
            at = f"exemption.{view.fee.exemption}"
            self.panel.choose(1 + (codes.index(at) if at in codes else 0))

        page.ask(lambda: counter.finishing.view(dossier), show)

    def _ask(self, title: str, codes: list[str], taken: Callable[[str, str], None], own: str) -> None:
        self._asks(True)
        self.panel.ask(self._page.texts(title), codes, taken, own)
        self._page.shell.refresh_actions()

    def _old_card(self, code: str, words: str) -> None:
        page, counter, dossier = self._page, self._page.counter, self._page.dossier
        answer = OldCard(code.removeprefix("s8.old-card."))
        reason = "" if answer is OldCard.TAKEN and words == page.texts(code) else words
        self._asks(False)
        self._waiting()

        def refused(error: BaseException) -> None:
            page.shell.show_trouble(error)
            self._settled()

        page.ask(lambda: counter.finishing.old_card(dossier, answer, reason), lambda _: self._settled(), refused)

    def _exempt(self, code: str, _words: str) -> None:
        page, counter, dossier = self._page, self._page.counter, self._page.dossier
        ground = "" if code == NO_GROUND else code.removeprefix("exemption.")
        self._asks(False)
        page.ask(lambda: counter.finishing.exempt(dossier, ground), lambda _: self._settled())
