"""S9: the applicant's own window on the second monitor: mirror of the capture, own data with differences, signature, A+.

No officer data, no other person's name; blank (logo and ticket) before a dossier is open and while it is paused or locked.
Everything a person touches here goes to the officer's screen as an intent; nothing here knows the station.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from biometrics.positions import FingerPosition
from station.views.applicant import ApplicantView
from station.views.base import Words
from station.views.review import ReviewLine
from station.views.thumbs import Thumb
from station.views.waiting import WaitingTicket
from ui.qt import (
    QFrame,
    QGuiApplication,
    QHBoxLayout,
    QImage,
    QLabel,
    QPushButton,
    QScrollArea,
    Qt,
    QTimer,
    QTransform,
    QVBoxLayout,
    QWidget,
)
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import StateIcon, label
from ui.widgets.hand import HandDiagram
from ui.widgets.pictures import Picture, SmallPicture
from ui.widgets.signature import SignaturePad

BASE, VALUE, TITLE, HERO = 19, 23, 28, 34


class ApplicantWindow(QWidget):
    """One window; `answered(field, right)` and `signed(png)` are given by the shell."""

    def __init__(self, texts: Texts, *, demo: bool) -> None:
        super().__init__()
        self._texts = texts
        self.setObjectName("applicant")
        self.setWindowTitle(texts("ui.applicant.title"))
        self.resize(1024, 768)
        self.larger = False
        self.on_answer: Callable[[str, bool], None] | None = None
        self.on_signed: Callable[[bytes], None] | None = None
        self._lines: tuple[ReviewLine, ...] = ()
        self._at = -1
        self._later = QTimer(self)  # once the lines have their places
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = QFrame()
        bar.setObjectName("applicantBar")
        head = QHBoxLayout(bar)
        head.setContentsMargins(28, 14, 28, 14)
        self._title = QLabel()
        self._title.setWordWrap(True)
        head.addWidget(self._title, 1)
        self._badge = label(texts("ui.app.demo"), "demo")
        self._badge.setVisible(demo)
        head.addWidget(self._badge)
        head.addSpacing(10)
        self._left = QLabel()
        head.addWidget(self._left)
        column.addWidget(bar)
        middle = QHBoxLayout()
        middle.setContentsMargins(24, 18, 24, 18)
        middle.setSpacing(20)
        side = QVBoxLayout()
        self.face = SmallPicture(212, 292)
        side.addWidget(self.face)
        self._photo, self._red = QLabel(), QLabel()
        for words in (self._photo, self._red):
            words.setWordWrap(True)
            words.setFixedWidth(212)
        self._red.setObjectName("applicantNote")
        side.addWidget(self._photo)
        side.addStretch(1)
        side.addWidget(self._red)
        middle.addLayout(side)
        main = QVBoxLayout()
        main.setSpacing(14)
        self._logo = Picture("finger", 160, "accent")
        main.addWidget(self._logo, 1, Qt.AlignmentFlag.AlignCenter)
        self.hand = HandDiagram()
        main.addWidget(self.hand, 1)
        self._big = QLabel()
        self._big.setWordWrap(True)
        self._big.setAlignment(Qt.AlignmentFlag.AlignCenter)
        main.addWidget(self._big, 1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setObjectName("applicantLines")
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setSpacing(0)
        self._rows.setContentsMargins(1, 1, 1, 1)  # a chosen line reaches from edge to edge
        self._area.setWidget(self._body)
        self._area.verticalScrollBar().rangeChanged.connect(lambda *_: self._look())  # the lines have their places now
        main.addWidget(self._area, 3)
        self.pad = SignaturePad(texts)
        self.pad.signed.connect(self._signed)
        main.addWidget(self.pad)
        main.addWidget(self._locked_box())
        middle.addLayout(main, 1)
        column.addLayout(middle, 1)
        foot = QFrame()
        foot.setObjectName("applicantFoot")
        line = QHBoxLayout(foot)
        line.setContentsMargins(28, 14, 28, 14)
        self._icon = StateIcon(State.LIVE, 26)
        self._prompt = QLabel()
        self._prompt.setWordWrap(True)
        line.addWidget(self._icon)
        line.addWidget(self._prompt, 1)
        self._plus = QPushButton()
        self._plus.clicked.connect(self.toggle_size)
        line.addWidget(self._plus)
        column.addWidget(foot)
        self._name()
        self.blank("")

    def _locked_box(self) -> QFrame:
        """Where one signs later: closed, and why."""
        self._locked = QFrame()
        self._locked.setObjectName("applicantLocked")
        row = QHBoxLayout(self._locked)
        row.setContentsMargins(18, 14, 18, 14)
        row.setSpacing(14)
        self._sign = QLabel()
        self._sign.setWordWrap(True)
        self._sign.setMinimumWidth(200)
        row.addWidget(self._sign)
        row.addWidget(Picture("lock", 22, "text2"))
        self._why = QLabel()
        self._why.setWordWrap(True)
        row.addWidget(self._why, 1)
        return self._locked

    def use(self, texts: Texts) -> None:
        """Speak another language from now on."""
        if texts.setting != self._texts.setting:
            self._texts = texts
            self.pad.name(texts)
            self._name()

    def _name(self) -> None:
        """Write what always stands here."""
        texts, sized = self._texts, self._sized
        for button in (self._plus, self.pad.clear, self.pad.done, self._badge):
            button.setStyleSheet(self._letters())
        self.setWindowTitle(texts("ui.applicant.title"))
        self._badge.setText(texts("ui.app.demo"))
        self._photo.setText(sized(texts("s9.photo"), BASE))
        self._red.setText(sized(texts("ui.applicant.red"), BASE))
        self._plus.setText(texts("ui.applicant.larger"))
        self._plus.setAccessibleName(texts("ui.applicant.larger"))
        self._sign.setText(f"{sized(texts('s9.sign'), VALUE, bold=True)}<br>{sized(texts('s9.sign-later'), BASE)}")

    @property
    def _scale(self) -> float:
        return 1.25 if self.larger else 1.0

    def _sized(self, text: str, size: float, *, bold: bool = False) -> str:
        """Return words of a size; A+ makes all of them a quarter larger."""
        return f"<span style='font-size:{round(size * self._scale)}px; font-weight:{700 if bold else 400}'>{escape(text)}</span>"

    def _letters(self) -> str:
        """The size of a button's letters."""
        return f"font-size: {round(BASE * self._scale)}px;"

    def place(self) -> None:
        """Go to the second monitor, whole; without one, stay a window."""
        screens = QGuiApplication.screens()
        if len(screens) > 1:
            self.setGeometry(screens[1].geometry())
            self.showFullScreen()
        else:
            self.show()

    # --- what is shown ----------------------------------------------------------------------------------------------------------

    def blank(self, ticket: str, invited: Words | None = None, waiting: tuple[WaitingTicket, ...] = ()) -> None:
        """Nothing of anybody: logo and ticket; how the ticket is called to this desk, or who waits how long (numbers only)."""
        texts = self._texts
        self._only(logo=True, big=bool(waiting))
        self._say(
            texts.of(invited) if invited is not None else texts("ui.applicant.welcome"),
            texts("ui.strip.ticket", ticket=ticket) if ticket else texts("ui.applicant.wait"),
        )
        rows = [f"{texts('ui.strip.ticket', ticket=w.ticket)} · {texts.of(w.words)}" for w in waiting]
        self._big_words = rows
        self.face.show_image(None)
        self._lines, self._at = (), -1
        self._fill()
        self.is_blank = True
        self._show_big()
        self._why.setText("")
        self._left.setText("")
        self.pad.wipe()

    _big_words: list[str] = []
    _why_words = _left_words = ""

    def _show_big(self) -> None:
        size = VALUE if self.is_blank and len(self._big_words) > 1 else HERO
        self._big.setText("<br>".join(self._sized(row, size, bold=True) for row in self._big_words))

    def _show_small(self) -> None:
        self._why.setText(self._sized(self._why_words, BASE))
        self._left.setText(self._sized(self._left_words, BASE) if self._left_words else "")

    is_blank = True
    """Whether nothing of anybody is shown."""

    def words(self, text: str) -> None:
        """The sentence of the moment, while something is captured."""
        self._say(text, text)

    def show_hand(self, asked: frozenset[FingerPosition], states: dict[FingerPosition, State], missing: frozenset[FingerPosition],
                  question: FingerPosition | None) -> None:  # fmt: skip
        """Mirror the hand."""
        self.is_blank = False
        self._only(hand=True)
        self.hand.show_state(asked, states, missing, question)

    def show_frame(self, image: QImage | None, kind: str) -> None:
        """One's own face, mirrored (the stored picture is not); fingers show the hand, not the picture."""
        if kind == "portrait":
            self.is_blank = False
            self._only(face=True)
            self.face.show_image(image.transformed(QTransform().scale(-1, 1)) if image is not None else None)

    def show_view(self, view: ApplicantView, thumbs: tuple[Thumb, ...]) -> None:
        """The review: a line each, differences in red with words, right and wrong; then the signature."""
        if view.blank:
            self.blank(view.ticket)
            return
        self.is_blank = False
        words = view.thanks or view.prompt
        sentence = self._texts.of(words) if words is not None else self._texts("ui.applicant.wait")
        face = next((t for t in thumbs if not t.position), None)
        self.face.show_pixels(face.pixels if face is not None else None)
        lines = bool(view.lines)
        self._only(lines=lines, face=face is not None, pad=view.may_sign, locked=lines and not view.may_sign, big=not lines)
        self._big_words = [sentence]
        self._show_big()
        self._lines = view.lines
        self._fill()
        wrong = any(x.answer is False for x in view.lines)
        self._why_words = sentence if wrong else self._texts("s9.read")
        self._icon.set_state(State.GOOD if view.thanks is not None else State.LIVE)
        left = sum(x.answer is not True for x in view.lines)
        self._left_words = self._texts("ui.applicant.left", count=left) if left else ""
        self._show_small()
        self._say(self._texts.of(Words("s9.check", {"address": view.address.code})) if lines else sentence, sentence)

    def _only(
        self,
        *,
        logo: bool = False,
        hand: bool = False,
        lines: bool = False,
        face: bool = False,
        pad: bool = False,
        locked: bool = False,
        big: bool = False,
    ) -> None:
        self._logo.setVisible(logo)
        self.hand.setVisible(hand)
        self._area.setVisible(lines)
        self.face.setVisible(face)
        self._red.setVisible(lines)
        self._photo.setVisible(lines and face)
        self.pad.setVisible(pad)
        self._locked.setVisible(locked)
        self._big.setVisible(big)
        if not lines:
            self._left_words = ""
            self._left.setText("")

    def _say(self, title: str, prompt: str) -> None:
        self._title.setText(self._sized(title, TITLE, bold=True))
        self._prompt.setText(self._sized(prompt, BASE + 2, bold=True))
        self._words = (title, prompt)

    _words = ("", "")

    def _fill(self) -> None:
        while self._rows.count():
            taken = self._rows.takeAt(0)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.hide()  # at once: the next person may be looking already
                widget.setParent(None)
                widget.deleteLater()
        first = next((x.field for x in self._lines if x.answer is None), "")
        look = next((x.field for x in self._lines if x.answer is not True), "")
        for line in self._lines:
            self._rows.addWidget(self._line(line, now=line.field == first))
        self._rows.addStretch(1)
        self._at = next((i for i, x in enumerate(self._lines) if x.field == look), -1)
        self._later.start(0)

    def _look(self) -> None:
        """What is asked, or was called wrong, is in sight."""
        item = self._rows.itemAt(self._at) if self._at >= 0 else None
        widget = item.widget() if item is not None else None
        if widget is not None:
            self._area.ensureWidgetVisible(widget, 0, 60)

    def _line(self, line: ReviewLine, *, now: bool) -> QFrame:
        scale = self._scale
        texts, red = self._texts, Current.theme.palette.states[State.BLOCKED].colour
        frame = QFrame()
        frame.setObjectName("wrongLine" if line.answer is False else "nowLine" if now else "line")
        row = QHBoxLayout(frame)
        row.setContentsMargins(16, 8, 16, 8)
        name = QLabel(f"<span style='font-size:{round(BASE * scale)}px'>{escape(texts(f'ui.field.{line.field}'))}</span>")
        name.setFixedWidth(round(190 * scale))
        name.setWordWrap(True)
        row.addWidget(name)
        size = round(VALUE * scale)
        if line.old:
            value = QLabel(f"<span style='font-size:{round(BASE * scale)}px; color:{red}'><b>{texts('ui.applicant.old')}</b> <s>{escape(line.old)}</s></span><br>"
                           f"<span style='font-size:{size}px; color:{red}; font-weight:700'><span style='font-size:{round(BASE * scale)}px'>{texts('ui.applicant.new')}</span>"
                           f" <u>{escape(line.value)}</u></span>")  # fmt: skip
        else:
            value = QLabel(f"<span style='font-size:{size}px; font-weight:700'>{escape(line.value)}</span>")
        value.setWordWrap(True)
        row.addWidget(value, 1)
        if line.answer is None:
            for right, code, kind in ((True, "s9.right", "right"), (False, "s9.wrong", "wrong")):
                button = QPushButton(texts(code))
                button.setObjectName(f"answer-{kind}")
                button.setStyleSheet(self._letters())
                button.setMinimumSize(round(84 * scale), round(44 * scale))
                button.clicked.connect(lambda _=False, f=line.field, r=right: self._answer(f, r))
                row.addWidget(button)
        else:
            state = State.GOOD if line.answer else State.BLOCKED
            row.addWidget(StateIcon(state, 22))
            colour = Current.theme.palette.states[state].colour
            word = texts("s9.right" if line.answer else "s9.wrong")
            row.addWidget(
                QLabel(f"<span style='font-size:{round(BASE * scale)}px; color:{colour}; font-weight:700'>{word}</span>")
            )
        return frame

    # --- what a person does here ------------------------------------------------------------------------------------------------

    def toggle_size(self) -> None:
        """A+: a quarter larger, and back."""
        self.larger = not self.larger
        self._name()
        self._say(*self._words)
        self._show_big()
        self._show_small()
        if self._lines and self._area.isVisible():
            self._fill()

    def _answer(self, field: str, right: bool) -> None:
        if self.on_answer is not None:
            self.on_answer(field, right)

    def _signed(self, png: bytes) -> None:
        if self.on_signed is not None:
            self.on_signed(png)
