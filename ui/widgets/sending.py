"""Parts of S11: the filter above the list, the panel of a stick, the history of one package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from station.views.sending import HistoryRow
from ui.qt import (
    QColor,
    QFontMetrics,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from ui.texts import Texts, format_bytes
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import card, label
from ui.widgets.entry import Entry
from ui.widgets.pictures import Picture
from ui.widgets.rows import Row, RowList

GAP = 8


WORDS = (
    ("saved", "disk", State.IDLE),
    ("sealed", "lock", State.RETRY),
    ("sent", "send", State.LIVE),
    ("acknowledged", "double-check", State.GOOD),
)


class CountCards(QWidget):
    """The four words with their counts, in the order a dossier goes; arrows between them."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._counts: dict[str, tuple[QLabel, QLabel]] = {}
        self._places: list[tuple[QLabel, QHBoxLayout, QHBoxLayout]] = []
        self._roomy: list[QLabel] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for number, (word, icon, state) in enumerate(WORDS):
            if number:
                row.addWidget(Picture("next", 16, "text2"))
            row.addWidget(self._card(word, icon, state), 1)

    def _card(self, word: str, icon: str, state: State) -> QFrame:
        frame, box = card()
        box.setSpacing(0)
        line = QFrame()
        line.setObjectName(f"bar-{state.value}")
        line.setFixedHeight(4)
        box.setContentsMargins(1, 1, 1, 0)
        box.addWidget(line)
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 8, 14, 10)
        inner.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Picture(icon, 20, f"state:{state.value}"))
        head.addWidget(label(self._texts(word), "strong"))
        second = label(self._texts.second(word), "caption")
        head.addWidget(second)
        head.addStretch(1)
        inner.addLayout(head)
        number, unit = label("0", "hero"), label(self._texts("ui.queue.dossiers"), "caption")
        counted = QHBoxLayout()
        counted.setSpacing(8)
        counted.addWidget(number)
        counted.addWidget(unit, 1, Qt.AlignmentFlag.AlignBottom)
        unit.setContentsMargins(0, 0, 0, 8)
        inner.addLayout(counted)
        note = label(self._texts(f"ui.queue.{word}.help"), "caption", wrap=True)
        inner.addWidget(note)
        box.addLayout(inner, 1)
        self._counts[word] = number, unit
        self._places.append((number, head, counted))
        self._roomy += [second, unit, note]
        return frame

    def show_counts(self, counts: Mapping[str, int], sizes: Mapping[str, int]) -> None:
        """Show how many dossiers each word is true of, and the bytes of those that still wait."""
        for word, (number, unit) in self._counts.items():
            number.setText(str(counts.get(word, 0)))
            size = sizes.get(word, 0)
            unit.setText(
                self._texts("ui.queue.dossiers-size", size=format_bytes(size)) if size else self._texts("ui.queue.dossiers")
            )

    def restyle(self) -> None:
        """In large type the table below needs the room: the number stands beside its word, and what explains it goes."""
        large = Current.theme.large
        for words in self._roomy:
            words.setVisible(not large)
        for number, head, below in self._places:
            if large:
                head.addWidget(number)
            else:
                below.insertWidget(0, number)


class FilterBar(QWidget):
    """Pills with their key, words and count; the chosen one filled. Chosen by digit keys or the mouse."""

    chosen = Signal(int)

    def __init__(self, names: Sequence[tuple[str, str]], title: str) -> None:
        super().__init__()
        self._names = tuple(names)
        self._counts: tuple[int, ...] = (0,) * len(self._names)
        self._at = 0
        self.setAccessibleName(title)

    def show_counts(self, counts: Sequence[int], at: int) -> None:
        """Show how many rows each shows, and which is chosen."""
        if (tuple(counts), at) != (self._counts, self._at):
            self._counts, self._at = tuple(counts), at
            self.setAccessibleDescription(self._words(at))
            self.updateGeometry()
            self.update()

    def _words(self, index: int) -> str:
        return f"{index + 1}  {self._names[index][1]} {self._counts[index]}"

    def _boxes(self) -> list[QRectF]:
        boxes, left = [], 1.0
        for index in range(len(self._names)):
            font = Current.theme.font(Current.theme.tight.caption + 1, 600)
            wide = QFontMetrics(font).horizontalAdvance(self._words(index)) + 26
            boxes.append(QRectF(left, 2, wide, self.height() - 4))
            left += wide + GAP
        return boxes

    def sizeHint(self) -> QSize:
        """One line."""
        boxes = self._boxes()
        return QSize(round(boxes[-1].right()) + 2 if boxes else 10, round(1.75 * (Current.theme.tight.caption + 1)) + 10)

    def minimumSizeHint(self) -> QSize:
        """Never narrower: a pill that is cut says nothing."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, box in enumerate(self._boxes()):
            here = index == self._at
            painter.setPen(QPen(QColor(p.accent if here else p.control), 1.6 if here else 1.0))
            painter.setBrush(QColor(p.accent_soft if here else p.surface))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            painter.setPen(QColor(p.accent if here else p.text))
            painter.setFont(theme.font(theme.tight.caption + 1, 700 if here else 400))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._words(index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose by the mouse."""
        for index, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self.chosen.emit(index)


class StickPanel(QFrame):
    """F6: which stick; what is copied stays *sealed* until an answer comes back."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-live")
        self.setFixedWidth(330)
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(label(texts("ui.stick.title"), "strong", wrap=True))
        column.addWidget(label(texts("ui.stick.what"), "", wrap=True))
        self.what = label("", "value", wrap=True)
        column.addWidget(self.what)
        self.folder = Entry(texts("ui.stick.folder"))
        column.addWidget(self.folder)
        self._found = label("", "caption", wrap=True)
        column.addWidget(self._found)
        column.addStretch(1)

    def begin(self, waiting: int, chosen: int) -> None:
        """Ask for the folder; say how many packages are copied: `waiting` of the `chosen` ones, or all that wait where `chosen` is 0."""
        self.say_what(waiting, chosen)
        self._found.setText(self._texts("ui.stick.looking"))
        self.folder.edit.setFocus()

    def say_what(self, waiting: int, chosen: int) -> None:
        """Say how many are copied; the day goes on while the panel is open."""
        code = "ui.stick.all" if not chosen else "ui.stick.chosen-all" if waiting == chosen else "ui.stick.chosen"
        self.what.setText(self._texts(code, count=waiting, chosen=chosen))

    def found(self, folders: Sequence[str]) -> None:
        """Fill in the one stick that is plugged in; say when there is none, or more than one."""
        if folders and not self.folder.text():
            self.folder.set_text(folders[0])
        self._found.setText(self._texts("ui.stick.found", count=len(folders)) if folders else self._texts("ui.stick.none"))


class HistoryPanel(QFrame):
    """F7: everything that happened to one package, or to the ticked ones, newest first."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(330)
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 10, 1, 8)
        title = label(texts("ui.queue.history"), "strong", wrap=True)
        title.setContentsMargins(14, 0, 14, 0)
        column.addWidget(title)
        self._whose = label("", "caption", wrap=True)
        self._whose.setContentsMargins(14, 0, 14, 0)
        column.addWidget(self._whose)
        self.rows = RowList(texts("ui.queue.history"))
        column.addWidget(self.rows, 1)

    def show_lines(self, whose: str, lines: Sequence[HistoryRow]) -> None:
        """Show them."""
        self._whose.setText(whose)
        self.rows.show_rows(
            [
                Row(
                    self._texts.of(r.what),
                    tuple(w for w in (f"{r.at.astimezone():%d/%m/%Y %H:%M:%S}", r.whose) if w),
                    State(r.tone.value),
                )
                for r in lines
            ]
        )
