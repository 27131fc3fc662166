"""F7: a finger that cannot be taken, declared in a few keys: finger by digit, reason by arrows, Tab for lasting or temporary, F12 signs."""

from __future__ import annotations

from biometrics.positions import Eye, FingerPosition
from station.dossier.parts import ExceptionKind, EyeExceptionKind, Permanence
from ui.qt import QFrame, QKeyEvent, QLineEdit, QListWidget, Qt, QVBoxLayout, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label

KINDS = (
    ExceptionKind.AMPUTATED,
    ExceptionKind.BANDAGED,
    ExceptionKind.DEFORMED,
    ExceptionKind.STIFF,
    ExceptionKind.WORN,
    ExceptionKind.OTHER,
)


class _Kinds(QListWidget):
    """Arrow keys choose, left and right change lasting and temporary; digits are left to the panel (they name fingers)."""

    turned = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass digits on."""
        if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.turned.emit()
        else:
            super().keyPressEvent(event)


class ExceptionPanel(QFrame):
    """`decided(finger, kind, permanence, words)` when the officer signs; `changed` when something was chosen."""

    decided = Signal(int, str, str, str)
    changed = Signal()
    kinds: tuple[str, ...] = KINDS
    passing: frozenset[str] = frozenset({ExceptionKind.BANDAGED})
    """Kinds that are usually temporary."""
    title, kind_code, part_code = "ui.exception.title", "ui.exception.", "ui.finger."

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-exception")
        self._texts = texts
        self._part: int | None = None
        self._permanence = Permanence.LASTING
        column = QVBoxLayout(self)
        column.addWidget(label(texts(self.title), "strong", wrap=True))
        self._chosen = StateChip(State.IDLE, "—")
        column.addWidget(self._chosen)
        column.addWidget(label(texts("ui.exception.kind"), "caption", wrap=True))
        self._kinds = _Kinds()
        self._kinds.setWordWrap(True)  # a long reason in large type
        self._kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._kinds.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._kinds.setAccessibleName(texts("ui.exception.kind"))
        for kind in self.kinds:
            self._kinds.addItem(texts(f"{self.kind_code}{kind}"))
        self._kinds.currentRowChanged.connect(self._kind_changed)
        self._kinds.turned.connect(self._turn)
        column.addWidget(self._kinds, 1)
        column.addWidget(label(texts("ui.exception.how-long"), "caption", wrap=True))
        self._how_long = StateChip(State.EXCEPTION, texts("ui.exception.lasting"))
        column.addWidget(self._how_long)
        self.words = QLineEdit()
        self.words.setPlaceholderText(texts("ui.exception.words"))
        self.words.setAccessibleName(texts("ui.exception.words"))
        self.words.setMaxLength(200)
        self.words.textChanged.connect(lambda _: self.changed.emit())
        column.addWidget(self.words)
        column.addWidget(label(texts("ui.exception.signs"), "caption", wrap=True))

    def begin(self) -> None:
        """Start with nothing chosen."""
        self._part = None
        self._chosen.set(State.IDLE, "—")
        self.words.clear()
        self._kinds.setCurrentRow(0)
        self._kind_changed(0)
        self._kinds.setFocus()

    def choose(self, part: FingerPosition | Eye) -> None:
        """Choose a finger (an eye)."""
        self._part = int(part)
        self._chosen.set(State.EXCEPTION, self._texts(f"{self.part_code}{int(part)}"))

    @property
    def kind(self) -> str:
        """The kind chosen."""
        return self.kinds[max(0, self._kinds.currentRow())]

    @property
    def complete(self) -> bool:
        """Whether it can be signed: a finger, and words where the kind is another one."""
        return self._part is not None and (self.kind != ExceptionKind.OTHER or bool(self.words.text().strip()))

    def _kind_changed(self, row: int) -> None:
        self._permanence = Permanence.TEMPORARY if self.kinds[max(0, row)] in self.passing else Permanence.LASTING
        self._show_permanence()

    def _turn(self) -> None:
        self._permanence = Permanence.LASTING if self._permanence is Permanence.TEMPORARY else Permanence.TEMPORARY
        self._show_permanence()

    def _show_permanence(self) -> None:
        self._how_long.set(State.EXCEPTION, self._texts(f"ui.exception.{self._permanence.value}"))
        self.changed.emit()

    def commit(self) -> None:
        """Sign it."""
        if self._part is not None and self.complete:
            self.decided.emit(self._part, str(self.kind), self._permanence.value, self.words.text().strip())


class EyeExceptionPanel(ExceptionPanel):
    """The same for an eye: 1 the right one, 2 the left one."""

    kinds = tuple(EyeExceptionKind)
    passing = frozenset({EyeExceptionKind.BANDAGED, EyeExceptionKind.CANNOT_OPEN, EyeExceptionKind.NO_DEVICE})
    title, kind_code, part_code = "ui.iris.exception", "eye-exception.", "eye."
