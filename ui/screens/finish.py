"""S8: fee, old card, slip. What does the person take home?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from station.desks.pictures import Pixels
from station.views.finish import Delivery, FinishView
from ui.printing import print_pages
from ui.qt import QGridLayout, QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.options import Option
from ui.widgets.picture import PicturePane
from ui.widgets.reason import ReasonPanel
from ui.widgets.scrolling import Scrolling


@dataclass(frozen=True, slots=True)
class Printed:
    """What finishing brought: the slip's bytes, whether a printer took it, its pages, the screen anew."""

    pdf: bytes
    on_paper: bool
    pages: tuple[Pixels, ...]
    view: FinishView


class FinishScreen(Screen):
    """What does the person take home?"""

    stage = "finish"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: FinishView | None = None
        self.slip: bytes = b""
        self.on_paper = False
        """Whether a printer took the slip."""
        self.where: Delivery | None = None
        """Where the card is got, where it was asked (F4); the own unit otherwise."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(self.texts("ui.finish.title"), "title"))
        head.addWidget(label(self.texts.second("ui.finish.title"), "second-title"))
        head.addStretch(1)
        column.addLayout(head)
        self._banner = Banner()
        column.addWidget(self._banner)
        self.panel = ReasonPanel(self.texts)
        column.addWidget(self.panel)
        row = QHBoxLayout()
        row.setSpacing(12)
        left = Scrolling(self.texts("ui.finish.title"))
        grid = QGridLayout()
        grid.setSpacing(12)
        self._cards = {}
        for index, name in enumerate(("fee", "old-card", "slip", "vneid")):
            frame, box = card(self.texts(f"ui.finish.{name}"))
            main, small = label("", "number", wrap=True), label("", "caption", wrap=True)
            chip = StateChip(State.IDLE, "")
            for widget in (main, small, chip):
                box.addWidget(widget)
            box.addStretch(1)
            self._cards[name] = (main, small, chip)
            grid.addWidget(frame, index // 2, index % 2)
        left.column.addLayout(grid, 1)  # four cards as high as the slip beside them
        row.addWidget(left, 5)
        self._cards_area = left
        paper, box = card(self.texts("ui.finish.paper"))
        self._paper = PicturePane(self.texts("ui.finish.paper"), least=(260, 260))
        self._paper.marked = False
        box.addWidget(self._paper, 1)
        row.addWidget(paper, 4)
        self._paper_card = paper
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show fee, old card, date."""
        super().enter(dossier)
        self.view, self.slip, self.on_paper, self.where = None, b"", False, None
        self.panel.shut()
        self.setFocus()
        self._paper.show_picture(None, empty=self.texts("ui.finish.paper.making"))
        counter = self.counter
        self.ask(lambda: counter.finishing.view(dossier), self._show)
        self.ask(lambda: counter.finishing.preview(dossier), self._show_paper, self._no_paper)

    def _show_paper(self, pages: tuple[Pixels, ...]) -> None:
        self._paper.show_picture(np.ascontiguousarray(pages[0]) if pages else None)

    def _no_paper(self, error: BaseException) -> None:
        """The slip cannot be drawn here; the date stands beside it all the same."""
        code = str(getattr(error, "reason_code", "")) or "paper-unknown"
        self._paper.show_picture(None, empty=self.texts(code))

    def _show(self, view: FinishView) -> None:
        self.view = view
        texts = self.texts
        self._fill("fee", texts(view.fee_words.code, **view.fee_words.values), view.fee.basis,
                   State.GOOD if view.fee.verified else State.RETRY, texts("ui.finish.known" if view.fee.verified else "s8.unverified"))  # fmt: skip
        old = (
            texts.of(view.old_card)
            if view.old_card is not None
            else texts("ui.finish.take-card" if view.old_card_due else "ui.finish.no-card")
        )
        here = not view.old_card_due and view.old_card_away is False
        said = view.old_card is not None
        word = texts("ui.finish.noted") if said else texts("ui.finish.not-taken") if view.old_card_due else ""
        self._fill("old-card", old, view.old_card_reason, State.GOOD if here else State.RETRY, word)
        place = view.slip_place or (self.where.place if self.where is not None else "")
        self._fill("slip", f"{view.deadline.due:%d/%m/%Y}", " · ".join(t for t in (place, view.slip.id) if t),
                   State.GOOD if view.deadline.verified else State.RETRY,
                   texts("ui.finish.known" if view.deadline.verified else "ui.finish.due-unverified"))  # fmt: skip
        told = texts(view.vneid.code) if view.vneid is not None else texts("ui.finish.vneid.offer")
        self._fill("vneid", told, texts("ui.finish.vneid.never"), State.IDLE if view.vneid is None else State.GOOD,
                   texts("ui.finish.not-asked" if view.vneid is None else "ui.finish.noted"))  # fmt: skip
        # "Printed" is said of paper only: without a printer the slip is recorded and waits.
        state, code = State.LIVE, "ready"
        if self.slip:
            state, code = (State.GOOD, "printed") if self.on_paper else (State.RETRY, "kept")
        due = f"{view.deadline.due:%d/%m/%Y}"
        self._banner.say(state, texts(f"ui.finish.{code}", due=due), texts.second(f"ui.finish.{code}", due=due))
        self.shell.refresh_actions()

    def _fill(self, name: str, main: str, small: str, state: State, word: str) -> None:
        widgets = self._cards[name]
        widgets[0].setText(main)
        widgets[1].setText(small)
        widgets[1].setVisible(bool(small))
        widgets[2].setVisible(bool(word))
        widgets[2].set(state, word)

    def offers(self) -> list[Action]:
        """e-ID yes or no, where the card is got, then print and finish."""
        if not self.panel.isHidden():
            return [self.act("leave", "ui.action.back", "Esc", self._leave, icon="back"),
                    self.act("take", "ui.action.settle-this", "F12", self.panel.take, primary=True, icon="next")]  # fmt: skip
        actions = []
        if self.view is not None and self.view.vneid_next:
            actions.append(self.act("vneid", "ui.action.vneid", "F7", self._vneid, icon="phone"))
        if self.view is not None and not self.view.slip_place:
            actions.append(self.act("place", "ui.action.place", "F4", self._ask_place, icon="house"))
        actions.append(self.act("pause", "ui.action.next-person", "F9", lambda: self.shell.go("home")))
        if self.slip:
            actions.append(self.act("again", "ui.action.print-again", "F6", self._finish, icon="printer"))
            actions.append(
                self.act("home", "ui.action.next-ticket", "F12", lambda: self.shell.go("home"), primary=True, icon="next")
            )
        else:
            actions.append(
                self.act(
                    "finish",
                    "ui.action.print-slip",
                    "F12",
                    self._finish,
                    enabled=self.view is not None,
                    primary=True,
                    icon="printer",
                )
            )
        return actions

    def key(self, name: str) -> bool:
        """Shift+F12: back to the sealed review."""
        if name == "Shift+F12":
            self.back_action().run()
            return True
        return super().key(name)

    def digit(self, number: int) -> bool:
        """Choose an answer."""
        return not self.panel.isHidden() and self.panel.choose(number)

    def _ask(self, title: str, codes: list[str], taken: Callable[[str, str], None], words: Sequence[str] = ()) -> None:
        self.panel.ask(self.texts(title), codes, taken, "ui.settle.other-place" if words else "ui.settle.note")
        if words:
            self.panel.options.show_options([Option(c, w) for c, w in zip(codes, words, strict=True)])
        self.restyle()
        self.shell.refresh_actions()

    def restyle(self) -> None:
        """In large type what is asked needs the room of the cards and the slip."""
        for other in (self._cards_area, self._paper_card):
            other.setHidden(self.shell.large and not self.panel.isHidden())

    def _leave(self) -> None:
        self.panel.shut()
        self.restyle()
        self.setFocus()
        self.shell.refresh_actions()

    def _vneid(self) -> None:
        """Offered: the person takes it (with their consent; never a password or one-time code) or declines; both are written down."""
        counter, dossier, view = self.counter, self.dossier, self.view
        if view is None:
            return

        def answered(code: str, _words: str) -> None:
            answer = code.removeprefix("vneid.")
            self._leave()
            self.ask(lambda: counter.finishing.vneid(dossier, answer, consent=answer == "requested"), self._show)

        self._ask("ui.settle.vneid", [f"vneid.{a.value}" for a in view.vneid_next], answered)

    def _ask_place(self) -> None:
        """Where the card is got, confirmed by itself: the own unit, or by post to an address of the dossier."""
        counter, dossier = self.counter, self.dossier

        def show(places: tuple[Delivery, ...]) -> None:
            codes = [str(i) for i in range(len(places))]
            words = [self.texts(f"ui.delivery.{p.way}", place=p.place) for p in places]

            def chosen(code: str, own: str) -> None:
                found = places[int(code)]
                self.where = found if own in {"", *words, self.texts(code)} else Delivery(found.way, own)
                self._leave()
                if self.view is not None:
                    self._show(self.view)

            self._ask("ui.settle.place", codes, chosen, words)

        self.ask(lambda: counter.finishing.places(dossier), show)

    def _finish(self) -> None:
        counter, dossier, where = self.counter, self.dossier, self.where
        self.view = None  # one slip: nothing is offered until it is printed
        self.shell.refresh_actions()

        def work() -> Printed:
            pdf = counter.finishing.finish(dossier, where)
            pages = counter.finishing.preview(dossier)
            return Printed(pdf, print_pages(pages), pages, counter.finishing.view(dossier))

        self.ask(work, self._printed, self._not_printed)

    def _not_printed(self, error: BaseException) -> None:
        """The slip is kept and can be printed later."""
        self.shell.show_trouble(error)
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.finishing.view(dossier), self._show)

    def _printed(self, found: Printed) -> None:
        self.slip, self.on_paper = found.pdf, found.on_paper
        self._show_paper(found.pages)
        self._show(found.view)
        self.shell.refresh_strip()
        counter, dossier = self.counter, self.dossier  # the person reads when and where
        self.ask(lambda: counter.signing.applicant(dossier), lambda view: self.shell.second.view(view, ()))
