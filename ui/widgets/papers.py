"""Photographed papers in a column: small picture, name, what it proves and when; what is still wanted below, with its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from station.views.papers import PapersView
from ui.qt import (
    QColor,
    QEvent,
    QFontMetrics,
    QFrame,
    QHBoxLayout,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRect,
    QRectF,
    QResizeEvent,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import StateIcon, label
from ui.widgets.live_view import to_image

THUMB = QSize(36, 48)
GAP = 5


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: the page's id ("" for one that is only wanted), its state, words, small second line."""

    id: str
    state: State
    text: str
    second: str


def paper_lines(view: PapersView, texts: Texts) -> tuple[PaperLine, ...]:
    """Return the lines of a dossier's papers: those that are here, then those still wanted, then those that were explained."""
    lines = []
    for row in view.rows:
        about = [f"{row.at.astimezone():%H:%M}"]
        about += [texts(f"ui.field.{row.field}")] if row.field else []
        about += [texts("ui.page.simulated")] if row.simulated else []
        about += [row.reason or texts.of(f) for f in row.flaws[:1]]
        lines.append(PaperLine(row.id, State(row.tone.value), texts.of(row.name), " · ".join(about)))
    for wanted in view.open:
        field = texts(f"ui.field.{wanted.field}") if wanted.field else ""
        code = "ui.page.must" if wanted.must else "ui.page.wanted"
        lines.append(PaperLine("", State.RETRY, texts.of(wanted.name), " · ".join(x for x in (texts(code), field) if x)))
    lines += [PaperLine("", State.EXCEPTION, texts.of(w.name), w.reason) for w in view.explained]
    return tuple(lines)


class PaperList(QWidget):
    """Arrows choose a page; `chosen` is its id. Not a box of its own: it is as high as its lines."""

    changed = Signal()
    turned = Signal(int)
    """Left and right: what stands beside the list is to be turned."""

    def __init__(self, name: str, *, choosing: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._name, self._choosing = name, choosing
        self._lines: tuple[PaperLine, ...] = ()
        self._images: dict[str, QImage] = {}
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosing else Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def chosen(self) -> str:
        """The chosen page's id, "" when there is none."""
        pages = self._pages()
        return pages[min(self._at, len(pages) - 1)].id if pages else ""

    @property
    def chosen_box(self) -> QRectF:
        """The chosen line's frame."""
        return self._boxes()[min(self._at, len(self._pages()) - 1)] if self._pages() else QRectF()

    def show_lines(self, lines: Sequence[PaperLine], thumbs: Mapping[str, npt.NDArray[np.uint8]]) -> None:
        """Show lines; the newest page is chosen when there is one more than before."""
        before = len(self._pages())
        self._lines = tuple(lines)
        self._images = {i: to_image(p) for i, p in thumbs.items()}
        pages = len(self._pages())
        self._at = max(0, pages - 1) if pages > before else min(self._at, max(0, pages - 1))
        self._fit()
        self._say()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move among the pages that are here."""
        turn = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if turn is not None:
            self.turned.emit(turn)
            return
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._pages():
            event.ignore()
            return
        self._choose((self._at + step) % len(self._pages()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch chooses."""
        for index, box in enumerate(self._boxes()[: len(self._pages())]):
            if self._choosing and box.contains(event.position()):
                self._choose(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower words are higher."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """So are larger ones."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self._fit()

    def sizeHint(self) -> QSize:
        """The height the lines need."""
        return QSize(220, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, (line, box) in enumerate(zip(self._lines, self._boxes(), strict=True)):
            chosen = self._choosing and bool(line.id) and line.id == self.chosen and index == self._at
            painter.setPen(
                QPen(QColor(p.accent if chosen else p.border), 3 if chosen and self.hasFocus() else 2 if chosen else 1)
            )
            painter.setBrush(QColor(p.accent_soft if chosen else p.surface2))
            painter.drawRoundedRect(box, theme.scale.radius, theme.scale.radius)
            left = box.left() + 8
            if line.id:
                mat = QRectF(left, box.top() + 5, THUMB.width(), THUMB.height())
                painter.fillRect(mat, QColor(LIGHT.mat))
                image = self._images.get(line.id)
                if image is not None:
                    size = image.size().scaled(THUMB, Qt.AspectRatioMode.KeepAspectRatio)
                    painter.drawImage(QRectF(mat.center().x() - size.width() / 2, mat.center().y() - size.height() / 2, size.width(),
                                             size.height()), image)  # fmt: skip
                left = mat.right() + 8
            paint_state(painter, line.state, QRectF(left, box.center().y() - 8, 16, 16), theme.colour(line.state))
            left += 24
            wide = box.right() - 8 - left
            first, second = self._words(line, wide)
            text = QRectF(left, box.center().y() - (first + second) / 2, wide, first)
            painter.setFont(theme.font(theme.scale.body, 600))
            painter.setPen(QColor(p.text))
            painter.drawText(text, Qt.TextFlag.TextWordWrap, line.text)
            painter.setFont(theme.font(theme.scale.caption))
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(left, text.bottom(), wide, second), Qt.TextFlag.TextWordWrap, line.second)

    def _pages(self) -> tuple[PaperLine, ...]:
        return tuple(line for line in self._lines if line.id)

    def _choose(self, index: int) -> None:
        self._at = index
        self._say()
        self.update()
        self.changed.emit()

    def _say(self) -> None:
        line = next((x for x in self._pages() if x.id == self.chosen), None)
        self.setAccessibleDescription(f"{line.text}. {line.second}" if line is not None else "")

    def _words(self, line: PaperLine, wide: float) -> tuple[float, float]:
        theme = Current.theme
        room = QRect(0, 0, max(60, int(wide)), 10_000)

        def high(text: str, pixels: float, weight: int) -> float:
            metrics = QFontMetrics(theme.font(round(pixels), weight))
            return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() if text else 0.0

        return high(line.text, theme.scale.body, 600), high(line.second, theme.scale.caption, 400)

    def _boxes(self) -> list[QRectF]:
        found, top = [], 1.5
        for line in self._lines:
            wide = self.width() - 3 - 16 - 24 - (THUMB.width() + 8 if line.id else 0)
            high = max(THUMB.height() + 10.0 if line.id else 0.0, sum(self._words(line, wide)) + 8)
            found.append(QRectF(1.5, top, self.width() - 3, high))
            top += high + GAP
        return found

    def _fit(self) -> None:
        boxes = self._boxes()
        self.setFixedHeight(round(boxes[-1].bottom() + 2) if boxes else 0)


class RowPaper(QFrame):
    """Which photographed paper speaks of a row, or that one is still wanted; hidden where neither is so."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 8, 8, 8)
        self._icon, self._words = StateIcon(State.IDLE, 18), label("", "", wrap=True)
        line.addWidget(self._icon)
        line.addWidget(self._words, 1)
        self.hide()

    def show_row(self, papers: PapersView, field: str) -> None:
        """Show the row of `field`."""
        here = papers.of(field)
        wanted = next((w for w in papers.open if w.field == field), None)
        self.setVisible(bool(here) or wanted is not None)
        if here:
            self._icon.set_state(State(here[0].tone.value))
            name = self._texts.of(here[0].name)
            self._words.setText(self._texts("ui.page.at", paper=name, time=f"{here[0].at.astimezone():%H:%M}"))
        elif wanted is not None:
            self._icon.set_state(State.RETRY)
            self._words.setText(self._texts("ui.page.press", paper=self._texts.of(wanted.name)))

    def text(self) -> str:
        """What is shown."""
        return self._words.text()
