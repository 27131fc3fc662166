"""F7: a finger that cannot be taken, declared in a few keys: finger by digit, reason by arrows, signed by F12."""

from __future__ import annotations

from biometrics.positions import FingerPosition
from station.dossier.parts import ExceptionKind, Permanence
from ui.qt import QFrame, QKeyEvent, QListWidget, Qt, QVBoxLayout, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label

KINDS = (ExceptionKind.AMPUTATED, ExceptionKind.BANDAGED, ExceptionKind.DEFORMED, ExceptionKind.STIFF)


class _Kinds(QListWidget):
    """Arrow keys choose; digits are left to the panel (they name fingers)."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass digits on."""
        if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
            event.ignore()
            return
        super().keyPressEvent(event)


class ExceptionPanel(QFrame):
    """`decided(finger, kind, permanence)` when the officer signs."""

    decided = Signal(int, str, str)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-exception")
        self._texts = texts
        self._finger: FingerPosition | None = None
        column = QVBoxLayout(self)
        column.addWidget(label(texts("ui.exception.title"), "strong", wrap=True))
        self._chosen = StateChip(State.IDLE, "—")
        column.addWidget(self._chosen)
        column.addWidget(label(texts("ui.exception.kind"), "caption", wrap=True))
        self._kinds = _Kinds()
        self._kinds.setAccessibleName(texts("ui.exception.kind"))
        for kind in KINDS:
            self._kinds.addItem(texts(f"ui.exception.{kind.value}"))
        self._kinds.setMaximumHeight(120)
        column.addWidget(self._kinds)

    def begin(self) -> None:
        """Start with no finger chosen."""
        self._finger = None
        self._chosen.set(State.IDLE, "—")
        self._kinds.setCurrentRow(0)
        self._kinds.setFocus()

    def choose(self, finger: FingerPosition) -> None:
        """Choose a finger."""
        self._finger = finger
        self._chosen.set(State.EXCEPTION, self._texts(f"ui.finger.{int(finger)}"))

    @property
    def complete(self) -> bool:
        """Whether it can be signed."""
        return self._finger is not None

    def commit(self) -> None:
        """Sign it."""
        if self._finger is None:
            return
        kind = KINDS[max(0, self._kinds.currentRow())]
        lasting = Permanence.TEMPORARY if kind is ExceptionKind.BANDAGED else Permanence.LASTING
        self.decided.emit(int(self._finger), kind.value, lasting.value)
