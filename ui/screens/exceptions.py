"""F7 as it looks: fingers by digit, reason by arrows, lasting or temporary by left and right; then the picture of the hand and the officer's PIN."""

from __future__ import annotations

from biometrics.positions import Eye, FingerPosition
from station.dossier.parts import ExceptionKind, EyeExceptionKind
from station.views.excepting import Declared, ExceptionDraft
from ui.qt import QFrame, QKeyEvent, QLineEdit, QListWidget, Qt, QVBoxLayout, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label
from ui.widgets.entry import Entry

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
    """Shows a draft (`station.views.excepting`); `changed` when something was chosen, `given` when Enter ends the PIN.
    `ui.screens.declaring` drives it."""

    changed = Signal()
    given = Signal()
    kinds: tuple[str, ...] = KINDS
    passing: frozenset[str] = frozenset({ExceptionKind.BANDAGED})
    """Kinds that are usually temporary."""
    title, kind_code, part_code = "ui.exception.title", "ui.exception.", "ui.finger."
    pictured = True
    """Whether a picture of the hand belongs to it."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-exception")
        self._texts = texts
        self.draft = ExceptionDraft(self.kinds, self.passing)
        self._showing = False
        column = QVBoxLayout(self)
        column.addWidget(label(texts(self.title), "strong", wrap=True))
        self._chosen = StateChip(State.IDLE, "—")
        column.addWidget(self._chosen)
        self._all = label("", "", wrap=True)
        column.addWidget(self._all)
        self._choosing = [
            label(texts("ui.exception.more"), "caption", wrap=True),
            label(texts("ui.exception.kind"), "caption", wrap=True),
        ]
        for words in self._choosing:
            column.addWidget(words)
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
        how_long = label(texts("ui.exception.how-long"), "caption", wrap=True)
        column.addWidget(how_long)
        self._how_long = StateChip(State.EXCEPTION, texts("ui.exception.lasting"))
        column.addWidget(self._how_long)
        self.words = QLineEdit()
        self.words.setPlaceholderText(texts("ui.exception.words"))
        self.words.setAccessibleName(texts("ui.exception.words"))
        self.words.setMaxLength(200)
        self.words.textChanged.connect(self._said)
        self.words.returnPressed.connect(self._kinds.setFocus)  # digits name fingers again
        column.addWidget(self.words)
        self._choosing_too = (self._kinds, how_long, self._how_long, self.words)
        self._photo = StateChip(State.IDLE, "")
        column.addWidget(self._photo)
        self.secret = Entry(texts("ui.pin.secret"), secret=True)
        self.secret.committed.connect(self.given)
        column.addWidget(self.secret)
        self._hint = label("", "caption", wrap=True)
        column.addWidget(self._hint)

    def begin(self) -> None:
        """Start with nothing chosen."""
        self.draft.clear()
        self.choosing()
        self.draw()

    def choose(self, part: FingerPosition | Eye) -> None:
        """A digit."""
        self.draft.press(int(part))
        self.draw()

    @property
    def rows(self) -> tuple[Declared, ...]:
        """What would be signed."""
        return self.draft.rows

    @property
    def complete(self) -> bool:
        """Whether what is chosen can be signed."""
        return self.draft.complete

    @property
    def signing(self) -> bool:
        """Whether the signature is asked for, so that digits are the PIN's."""
        return self._kinds.isHidden()

    def choosing(self) -> None:
        """Fingers and kinds are chosen; what was typed as a PIN is forgotten."""
        self._show(signing=False)
        self.secret.set_text("")
        self._kinds.setFocus()

    def ask_signature(self, who: str, hint: str, *, pin: bool) -> None:
        """Only the signature is open: whose, with a PIN or with F12 alone. `hint`: the demo's PIN."""
        self._show(signing=True)
        self.secret.setVisible(pin)
        self.secret.set_name(who)
        self.secret.set_text("")
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        (self.secret.edit if pin else self).setFocus()

    def take_secret(self) -> str:
        """Return what was typed and forget it."""
        secret = self.secret.text()
        self.secret.edit.clear()
        return secret

    def refuse(self, words: str) -> None:
        """Say at the field why it was not signed."""
        self.secret.show_fault(words)

    def show_photo(self, state: State, words: str) -> None:
        """How the picture of the hand stands."""
        self._photo.setVisible(bool(words))
        self._photo.set(state, words)

    def _show(self, *, signing: bool) -> None:
        for widget in (*self._choosing, *self._choosing_too):
            widget.setVisible(not signing)
        for widget in (self.secret, self._hint):
            widget.setVisible(signing)
        self.changed.emit()

    def draw(self) -> None:
        """Show the draft as it is."""
        self._showing = True
        draft = self.draft
        self._kinds.setCurrentRow(list(self.kinds).index(draft.kind))
        self._how_long.set(State.EXCEPTION, self._texts("ui.exception.lasting" if draft.lasting else "ui.exception.temporary"))
        if self.words.text() != draft.words:
            self.words.setText(draft.words)
        names = {r.part: self._texts(f"{self.part_code}{r.part}") for r in draft.rows}
        self._chosen.set(State.EXCEPTION if names else State.IDLE, names[draft.part] if draft.part is not None else "—")
        self._all.setText("; ".join(f"{names[r.part]}: {self._texts(f'{self.kind_code}{r.kind}').lower()}" for r in draft.rows))
        self._all.setVisible(len(names) > 1)
        self._showing = False
        self.changed.emit()

    def _kind_changed(self, row: int) -> None:
        if not self._showing:
            self.draft.choose_kind(self.kinds[max(0, row)])
            self.draw()

    def _turn(self) -> None:
        self.draft.turn()
        self.draw()

    def _said(self, words: str) -> None:
        if not self._showing:
            self.draft.say(words)
            self.changed.emit()


class EyeExceptionPanel(ExceptionPanel):
    """The same for an eye: 1 the right one, 2 the left one."""

    kinds = tuple(EyeExceptionKind)
    passing = frozenset({EyeExceptionKind.BANDAGED, EyeExceptionKind.CANNOT_OPEN, EyeExceptionKind.NO_DEVICE})
    title, kind_code, part_code = "ui.iris.exception", "eye-exception.", "eye."
    pictured = False
