"""The devices of S1: one line each, how it is and what to do."""

from __future__ import annotations

from station.views.base import Tone, Words
from station.views.today import DeviceRow
from ui.qt import QHBoxLayout, Qt, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateIcon, card, label

_TOP = Qt.AlignmentFlag.AlignTop


class DevicePanel(QWidget):
    """Scanner, camera, readers, and the applicant's screen, which the window itself opens."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._shown: object = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, self._lines = card(texts("ui.today.devices"), right=f"{texts.key('F5')} {texts('ui.today.check')}", small=True)
        self._lines.setSpacing(2)
        column.addWidget(frame)

    def show_devices(self, devices: tuple[DeviceRow, ...], *, screen: bool, large: bool) -> None:
        """Show them; `screen`: the applicant's screen is open. The same facts are not drawn anew."""
        facts = (devices, screen, self._texts.setting, large)
        if facts == self._shown:
            return
        self._shown = facts
        while self._lines.count() > 1:  # the first is the title
            taken = self._lines.takeAt(1)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.deleteLater()
        word = Words("ui.device.ready" if screen else "ui.device.screen-off")
        for device in (*devices, DeviceRow("applicant", Tone.GOOD if screen else Tone.IDLE, word)):
            self._lines.addWidget(self._line(device))

    def _line(self, device: DeviceRow) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        state = State(device.tone.value)
        line.addWidget(StateIcon(state, 18), 0, _TOP)
        line.addWidget(label(self._texts(f"ui.device.{device.what}")), 0, _TOP)
        calm = state in {State.GOOD, State.IDLE}
        note = label(self._texts.of(device.note), "caption" if calm else f"word-{state.value}", wrap=True)
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(note, 1)
        return holder
