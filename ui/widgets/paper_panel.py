"""The place where a paper is photographed: live picture of the table, one instruction, the kind by its digit, what is here already."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from station.vietnam.paper_kinds import paper_kinds
from station.views.papers import PapersView
from ui.qt import QHBoxLayout, QLineEdit, Qt, QVBoxLayout, QWidget, Signal
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, card, label
from ui.widgets.live_parts import Instruction
from ui.widgets.live_view import LiveView
from ui.widgets.options import Option, OptionList
from ui.widgets.papers import PaperList, paper_lines
from ui.widgets.reason import ReasonPanel
from ui.widgets.scrolling import Scrolling


class PaperPanel(QWidget):
    """Shows; `ui.screens.photographing` drives it. `changed`: another kind or other words were chosen."""

    changed = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setAccessibleName(texts("ui.page.title"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.view = LiveView()
        self.view.setAccessibleName(texts("ui.page.title"))
        self.view.computing, self.view.slow = texts("ui.live.computing"), texts("ui.live.slow")
        row.addWidget(self.view, 5)
        right = QVBoxLayout()
        right.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(texts("ui.page.title"), "title"))
        self._second = label(texts.second("ui.page.title"), "second-title")
        head.addWidget(self._second)
        head.addStretch(1)
        self.live_word = StateChip(State.IDLE, texts("ui.state.idle"))
        head.addWidget(self.live_word)
        right.addLayout(head)
        self.banner = Instruction()
        right.addWidget(self.banner)
        self._reason_place = Scrolling(texts("ui.reason.own"))
        self.reason = ReasonPanel(texts)
        self._reason_place.column.addWidget(self.reason)
        self._reason_place.column.addStretch(1)
        right.addWidget(self._reason_place, 1)
        self._choices = QWidget()
        below = QHBoxLayout(self._choices)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(10)
        below.addWidget(self._kinds_card(), 1)
        below.addWidget(self._pages_card(), 1)
        right.addWidget(self._choices, 1)
        row.addLayout(right, 6)
        self.asking(asked=False)

    def _kinds_card(self) -> QWidget:
        frame, box = card(self._texts("ui.page.kind"), small=True)
        self.kinds = OptionList()
        self.kinds.changed.connect(lambda _: self._kind_changed())
        self.kinds.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # digits choose; the arrows are the pages'
        inside = Scrolling(self._texts("ui.page.kind"))
        inside.column.addWidget(self.kinds)
        self.words = QLineEdit()
        self.words.setMaxLength(200)
        self.words.setPlaceholderText(self._texts("ui.page.words"))
        self.words.setAccessibleName(self._texts("ui.page.words"))
        self.words.textChanged.connect(lambda _: self.changed.emit())
        inside.column.addWidget(self.words)
        inside.column.addStretch(1)
        box.addWidget(inside, 1)
        self._kinds_area = inside
        return frame

    def _pages_card(self) -> QWidget:
        frame, box = card(self._texts("ui.page.here"), small=True)
        self.pages = PaperList(self._texts("ui.page.here"))
        self._none = label(self._texts("ui.page.none"), "caption", wrap=True)
        inside = Scrolling(self._texts("ui.page.here"))
        inside.column.addWidget(self._none)
        inside.column.addWidget(self.pages)
        inside.column.addStretch(1)
        box.addWidget(inside, 1)
        self.pages.changed.connect(lambda: inside.ensureVisible(0, round(self.pages.chosen_box.center().y()), 0, 40))
        return frame

    @property
    def kind(self) -> str:
        """The kind chosen."""
        return self.kinds.chosen

    @property
    def complete(self) -> bool:
        """Whether the page can be kept: words where the kind needs them."""
        known = paper_kinds().get(self.kind)
        return known is not None and (not known.needs_words or bool(self.words.text().strip()))

    def begin(self, kind: str) -> None:
        """Start with a kind proposed."""
        codes = list(paper_kinds())
        self.kinds.show_options([Option(c, self._texts(f"paper.{c}")) for c in codes], codes.index(kind) if kind in codes else 0)
        self.words.clear()
        self.view.show_frame(None)
        self.asking(asked=False)
        self._kind_changed()
        self.pages.setFocus()

    def asking(self, *, asked: bool) -> None:
        """Show the question for a reason in place of the choices, or the other way round."""
        self._reason_place.setVisible(asked)
        self._choices.setVisible(not asked)
        self._second.setVisible(not Current.theme.large)
        if not asked:
            self.reason.shut()

    def show_papers(self, view: PapersView, thumbs: Mapping[str, npt.NDArray[np.uint8]]) -> None:
        """Show what is here and what is wanted."""
        lines = paper_lines(view, self._texts)
        self.pages.show_lines(lines, thumbs)
        self._none.setVisible(not lines)

    def _kind_changed(self) -> None:
        known = paper_kinds().get(self.kind)
        needs = known is not None and known.needs_words
        self.words.setVisible(needs)
        box = self.kinds.chosen_box
        self._kinds_area.ensureVisible(0, round(self.kinds.y() + box.center().y()), 0, round(box.height() / 2) + 6)
        if needs:
            self.words.setFocus()
            self._kinds_area.ensureWidgetVisible(self.words)
        self.changed.emit()
