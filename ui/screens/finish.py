"""S8: fee, old card, slip. What does the person take home?"""

from __future__ import annotations

from station.views.finish import FinishView
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label


class FinishScreen(Screen):
    """What does the person take home?"""

    stage = "finish"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: FinishView | None = None
        self.slip: bytes = b""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label(self.texts("ui.finish.title"), "title"))
        self._banner = Banner()
        column.addWidget(self._banner)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._cards = {}
        for name in ("fee", "old-card", "slip", "vneid"):
            frame, box = card(self.texts(f"ui.finish.{name}"))
            main, small = label("", "number", wrap=True), label("", "caption", wrap=True)
            chip = StateChip(State.IDLE, "")
            for widget in (main, small, chip):
                box.addWidget(widget)
            box.addStretch(1)
            self._cards[name] = (main, small, chip)
            row.addWidget(frame, 1)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show fee, old card, date."""
        super().enter(dossier)
        self.view, self.slip = None, b""
        self.setFocus()
        counter = self.counter
        self.ask(lambda: counter.finishing.view(dossier), self._show)

    def _show(self, view: FinishView) -> None:
        self.view = view
        texts = self.texts
        self._fill("fee", texts(view.fee_words.code, **view.fee_words.values), view.fee.basis,
                   State.GOOD if view.fee.verified else State.RETRY, texts("ui.finish.known" if view.fee.verified else "s8.unverified"))  # fmt: skip
        code = "ui.finish.take-card" if view.old_card_due else "ui.finish.no-card"
        self._fill("old-card", texts(code), "", State.RETRY if view.old_card_due else State.GOOD, texts(code))
        self._fill("slip", f"{view.deadline.due:%d/%m/%Y}", texts(view.due.code, **view.due.values),
                   State.GOOD if view.deadline.verified else State.RETRY, view.slip.id)  # fmt: skip
        told = texts(view.vneid.code) if view.vneid is not None else texts("ui.finish.vneid.offer")
        self._fill("vneid", told, texts("ui.finish.vneid.never"), State.IDLE if view.vneid is None else State.GOOD, told)
        done = bool(self.slip)
        self._banner.say(State.GOOD if done else State.LIVE, texts("ui.finish.printed" if done else "ui.finish.ready"),
                         texts.second("ui.finish.printed" if done else "ui.finish.ready"))  # fmt: skip
        self.shell.refresh_actions()

    def _fill(self, name: str, main: str, small: str, state: State, word: str) -> None:
        widgets = self._cards[name]
        widgets[0].setText(main)
        widgets[1].setText(small)
        widgets[2].set(state, word)

    def offers(self) -> list[Action]:
        """e-ID yes or no, then print and finish."""
        actions = []
        if self.view is not None and self.view.vneid_next:
            actions.append(self.act("vneid", "ui.action.vneid", "F7", self._vneid, icon="phone"))
        actions.append(self.act("pause", "ui.action.next-person", "F9", lambda: self.shell.go("home")))
        if self.slip:
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

    def _vneid(self) -> None:
        """Offered first; then asked for with the citizen's consent (never a password or one-time code)."""
        view, counter, dossier = self.view, self.counter, self.dossier
        if view is not None and view.vneid_next:
            following = str(view.vneid_next[0].value)
            self.ask(lambda: counter.finishing.vneid(dossier, following, consent=following == "requested"), self._show)

    def _finish(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.view = None  # one slip: nothing is offered until it is printed
        self.shell.refresh_actions()

        def work() -> tuple[bytes, FinishView]:
            return counter.finishing.finish(dossier), counter.finishing.view(dossier)

        self.ask(work, self._printed, self._not_printed)

    def _not_printed(self, error: BaseException) -> None:
        """The slip is kept and can be printed later."""
        self.shell.show_trouble(error)
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.finishing.view(dossier), self._show)

    def _printed(self, found: tuple[bytes, FinishView]) -> None:
        self.slip = found[0]
        self._show(found[1])
        self.shell.refresh_strip()
