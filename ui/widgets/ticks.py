"""The officer's boxes at a portrait: numbered, ticked by digit; what must be ticked and is not keeps the picture from being accepted."""

from __future__ import annotations

from collections.abc import Sequence

from station.capture.ticks import flag_of, open_ticks
from ui.qt import QCheckBox, Qt, QVBoxLayout, QWidget
from ui.texts import Texts


class OfficerTicks(QWidget):
    """Boxes named by a portrait profile. The keys are for the page, so no box takes the focus."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.boxes: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 0, 8, 0)
        self._column.setSpacing(0)

    def show_ticks(self, names: Sequence[str]) -> None:
        """Begin with empty boxes."""
        for box in self.boxes.values():
            box.deleteLater()
        self.boxes = {}
        for number, name in enumerate(names, 1):
            words = self._texts(f"portrait-tick-{name}")
            box = QCheckBox(f"{number}   {words}")
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            box.setAccessibleName(words)
            self._column.addWidget(box)
            self.boxes[name] = box

    def confirmed(self) -> tuple[str, ...] | None:
        """The flags of the ticked boxes; None while one that must be ticked is not."""
        flags = tuple(flag_of(name) for name, box in self.boxes.items() if box.isChecked())
        return None if open_ticks(self.boxes, flags) else flags

    def confirm_all(self) -> tuple[str, ...]:
        """Tick what must be ticked: the officer looked at the still and pressed F12."""
        for name in open_ticks(self.boxes, ()):
            self.boxes[name].setChecked(True)
        return self.confirmed() or ()

    def clear(self) -> None:
        """Untick every box."""
        for box in self.boxes.values():
            box.setChecked(False)

    def toggle(self, number: int) -> bool:
        """Tick or clear a box by its number; True when there is one."""
        boxes = list(self.boxes.values())
        if not 1 <= number <= len(boxes):
            return False
        boxes[number - 1].toggle()
        return True
