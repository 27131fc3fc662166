"""S2, F7: first issue, exchange or reissue, chosen by digit in the panel where rows are decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from station.views.compare import CompareView
from station.views.kind import KindView
from ui.qt import QLabel, QWidget
from ui.screens.base import Screen
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import StateChip
from ui.widgets.compare_notes import kind_options
from ui.widgets.options import OptionList


class KindChoice:
    """Over one page and its decision panel. `rest`: what else stands in the panel; `row`: show the row again; `shown`: the screen anew."""

    def __init__(self, page: Screen, field: QLabel, result: StateChip, explain: QLabel, options: OptionList, rest: Sequence[QWidget],
                 row: Callable[[], None], shown: Callable[[CompareView], None]) -> None:  # fmt: skip
        self._page, self._field, self._result, self._explain, self._options = page, field, result, explain, options
        self._rest, self._row, self._shown = rest, row, shown
        self._kind: KindView | None = None
        self.asking = False

    def ask(self, kind: KindView | None) -> None:
        """Ask; the choice in force stands first."""
        if kind is None:
            return
        self.asking, self._kind = True, kind
        self.show()
        self._options.setFocus()
        self._page.shell.refresh_actions()

    def show(self) -> None:
        """Fill the panel with the kinds and their grounds."""
        kind, texts = self._kind, self._page.texts
        if kind is None:
            return
        for widget in self._rest:
            widget.hide()
        self._field.setText(texts("ui.lookup.kind.title"))
        self._result.show()
        self._result.set(State.GOOD if kind.sure else State.LIVE, texts.of(kind.kind))
        self._explain.setText(texts("ui.lookup.kind.choose"))
        self._options.show_options(kind_options(kind, texts), kind.at)
        self._options.show()

    def offers(self) -> list[Action]:
        """Leave, or take the one that is chosen."""
        act = self._page.act
        return [act("leave", "ui.action.back", "Esc", self.leave, icon="back"),
                act("kind", "ui.action.kind-this", "F12", self._take, primary=True, icon="next")]  # fmt: skip

    def leave(self) -> None:
        """Ask no more; the row that was looked at stands there again."""
        self.asking = False
        self._row()
        self._page.shell.refresh_actions()

    def _take(self) -> None:
        """The officer's word: what is wanted of this dossier follows it."""
        kind, counter, dossier = self._kind, self._page.counter, self._page.dossier
        assert kind is not None, "it was asked"
        number = next((i for i, (_, w) in enumerate(kind.choices, 1) if w.code == self._options.chosen), 1)
        self.leave()
        self._page.ask(lambda: counter.compare.choose_kind(dossier, number), self._shown)
