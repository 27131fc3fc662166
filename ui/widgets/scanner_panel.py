"""The scanner's test in the device room: the two codes as bars, a field that takes whatever is typed, and what arrived."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from station.desk.scanner_test import CODES, Arrived, judge_scan
from ui.qt import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import Banner, card, label
from ui.widgets.picture import PicturePane


class ScannerPanel(QWidget):
    """Shown in place of the device's facts; `take(text)` judges a burst, the field judges what a typing tool let through."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, box = card(texts("scanner-test.title"))
        box.addWidget(label(texts("scanner-test.how"), "quiet", wrap=True))
        codes = QHBoxLayout()
        self._panes = [PicturePane(texts("scanner-test.title"), least=(240, 110)) for _ in CODES]
        for pane in self._panes:
            codes.addWidget(pane)
        box.addLayout(codes, 1)
        self.field = QLineEdit()
        self.field.setAccessibleName(texts("scanner-test.field"))
        self.field.setPlaceholderText(texts("scanner-test.field"))
        self.field.returnPressed.connect(self._typed)
        box.addWidget(self.field)
        self.banner = Banner()
        box.addWidget(self.banner)
        column.addWidget(frame)
        self.hide()

    def show_codes(self, pictures: Sequence[npt.NDArray[np.uint8]]) -> None:
        """Show the codes as bars."""
        for pane, picture, text in zip(self._panes, pictures, CODES, strict=True):
            pane.show_picture(picture, text)

    def begin(self) -> None:
        """Wait for a scan."""
        self.field.clear()
        self.banner.say(State.IDLE, self._texts("scanner-test.nothing"), self._texts.second("scanner-test.nothing"))
        self.show()
        self.field.setFocus()

    def take(self, text: str) -> None:
        """Say what arrived, letter by letter, and what that means."""
        found, texts = judge_scan(text), self._texts
        state = State.GOOD if found.arrived is Arrived.GOOD else State.RETRY
        arrived = texts("scanner-test.arrived", text=found.text)
        self.banner.say(state, texts.of(found.words), f"{arrived}. {texts.of(found.next_step)}")
        self.field.clear()
        self.field.setFocus()

    def _typed(self) -> None:
        self.take(self.field.text())
