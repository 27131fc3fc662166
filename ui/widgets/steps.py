"""The order of captures: number, words, state, what is special; painted as one, the chosen row by arrow keys."""

from __future__ import annotations

from station.dossier.procedure import Modality
from station.views.fingers import FingersView, StepRow
from ui.qt import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QScrollArea,
    QSize,
    Qt,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State


def step_words(texts: Texts, row: StepRow) -> str:
    """Return the words of one capture."""
    return texts(*_code(row)) if not _finger(row) else texts(_code(row)[0], finger=texts(_finger(row)).lower())


def step_second(texts: Texts, row: StepRow) -> str:
    """Return the words of one capture in the second language."""
    return (
        texts.second(_code(row)[0])
        if not _finger(row)
        else texts.second(_code(row)[0], finger=texts.second(_finger(row)).lower())
    )


def _code(row: StepRow) -> tuple[str]:
    step = row.step
    if not step.fingers:
        return ("ui.step.eyes",) if step.modality is Modality.IRIS else ("ui.step.face",)
    if int(step.position) >= 13:
        return (f"ui.step.{int(step.position)}",)
    return ("ui.step.rolled" if is_rolled(row) else "ui.step.plain",)


def _finger(row: StepRow) -> str:
    step = row.step
    return f"ui.finger.{int(step.position)}" if step.fingers and int(step.position) < 13 else ""


def row_words(name: str, right: str, own: QFont, wide: float, *, spare: str) -> tuple[str, str]:
    """Return (words at the right, name as it fits before them) of a row `wide` px wide. The name says which finger, so the word `spare`
    goes when both do not fit: the row's mark and ground say the same."""
    theme = Current.theme
    beside = QFontMetrics(theme.font(theme.scale.caption, 700))

    def room(word: str) -> int:
        return int(wide - 62 - (beside.horizontalAdvance(word) + 12 if word else 8))

    if right == spare and QFontMetrics(own).horizontalAdvance(name) > room(right):
        right = ""
    return right, QFontMetrics(own).elidedText(name, Qt.TextElideMode.ElideRight, room(right))


def is_rolled(row: StepRow) -> bool:
    """Whether a finger is rolled from edge to edge."""
    return bool(row.step.fingers) and int(row.step.impression) in {1, 3}


def short_words(texts: Texts, row: StepRow) -> str:
    """Return the words of the list, shorter than the title's."""
    step = row.step
    if int(step.position) >= 13:
        return texts(f"ui.step.short.{int(step.position)}")
    if step.modality is Modality.IRIS:
        return texts("ui.step.eyes")
    return texts("ui.step.face") if not step.fingers else texts(f"ui.finger.{int(step.position)}")


class _Rows(QWidget):
    """The rows themselves."""

    chosen = Signal(int)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.view: FingersView | None = None
        self.at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _high(self) -> int:
        return max(30, round(Current.theme.scale.body * 2.15))

    def _heads(self) -> list[tuple[str, int]]:
        """Headings before rows: flat, rolled, face (only where there is more than one kind)."""
        if self.view is None:
            return []
        kinds = ["face" if not r.step.fingers else "rolled" if is_rolled(r) else "flat" for r in self.view.rows]
        return [(f"ui.fingers.{k}", i) for i, k in enumerate(kinds) if i == 0 or kinds[i - 1] != k]

    def sizeHint(self) -> QSize:
        """All rows and headings."""
        rows = len(self.view.rows) if self.view is not None else 0
        return QSize(210, rows * self._high() + len(self._heads()) * 24 + 6)

    def minimumSizeHint(self) -> QSize:
        """All rows."""
        return self.sizeHint()

    def tops(self) -> list[float]:
        """Where each row begins."""
        heads = {i for _, i in self._heads()}
        out, y = [], 0.0
        for index in range(len(self.view.rows) if self.view is not None else 0):
            y += 24 if index in heads else 0
            out.append(y)
            y += self._high()
        return out

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose a row."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or self.view is None:
            event.ignore()
            return
        current = next((i for i, r in enumerate(self.view.rows) if r.step is self.view.current), 0)
        self._choose((self.at if self.at >= 0 else current) + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch chooses."""
        y = event.position().y()
        for index, top in enumerate(self.tops()):
            if top <= y < top + self._high():
                self._choose(index)

    def _choose(self, index: int) -> None:
        if self.view is not None and 0 <= index < len(self.view.rows):
            self.at = index
            self.update()
            self.chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headings and rows."""
        _ = event
        if self.view is None:
            return
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tops, high = self.tops(), self._high()
        for code, index in self._heads():
            painter.setFont(theme.font(s.caption))
            painter.setPen(QColor(p.text2))
            words = " · ".join(t for t in (self._texts(code), self._texts.second(code).lower()) if t)
            painter.drawText(QRectF(14, tops[index] - 24, self.width(), 24), Qt.AlignmentFlag.AlignVCenter, words)
        for index, row in enumerate(self.view.rows):
            self._row(painter, row, index, QRectF(0, tops[index], self.width(), high))

    def _row(self, painter: QPainter, row: StepRow, index: int, box: QRectF) -> None:
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.scale
        assert self.view is not None
        current = row.step is self.view.current
        state = State(row.state)
        partial = bool(row.missing) and state in (State.IDLE, State.LIVE)
        if current:
            painter.fillRect(box, theme.ground(State.LIVE))
            painter.fillRect(QRectF(0, box.top(), 4, box.height()), theme.colour(State.LIVE))
        if index == self.at:
            painter.setPen(QPen(QColor(p.accent), 3 if self.hasFocus() else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(2, 1.5, -2, -1.5), 4, 4)
        shown = State.EXCEPTION if partial and not current else state
        icon = QRectF(14, box.center().y() - 7.5, 15, 15)
        paint_state(painter, shown, icon, theme.colour(shown))
        painter.setFont(theme.font(s.caption + 1, 600 if current else 400))
        painter.setPen(QColor(p.text2))
        painter.drawText(
            QRectF(34, box.top(), 20, box.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(row.number)
        )
        right, colour = self._right(row, current, partial)
        own = theme.font(s.body, 700 if current else 400)
        right, words = row_words(short_words(self._texts, row), right, own, box.width(), spare=self._texts("ui.state.live"))
        painter.setFont(theme.font(s.caption, 700))
        painter.setPen(colour)
        painter.drawText(box.adjusted(0, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
        painter.setFont(own)
        painter.setPen(QColor(p.text if current or state is not State.IDLE else p.text2))
        painter.drawText(QRectF(62, box.top(), box.width() - 62, box.height()), Qt.AlignmentFlag.AlignVCenter, words)

    def _right(self, row: StepRow, current: bool, partial: bool) -> tuple[str, QColor]:
        theme = Current.theme
        if row.flagged:
            return f"! {row.score:.0f}", theme.colour(State.RETRY)
        if row.score is not None:
            return f"{row.score:.0f}", theme.colour(State.GOOD)
        if row.state == "exception":
            return self._texts("ui.state.exception"), theme.colour(State.EXCEPTION)
        if partial:
            return self._texts("ui.fingers.fewer", count=len(row.step.fingers) - row.missing), theme.colour(State.EXCEPTION)
        return (self._texts("ui.state.live"), theme.colour(State.LIVE)) if current else ("", theme.colour(State.IDLE))


class StepList(QScrollArea):
    """All captures, the present one marked; `chosen(index)` when a row is looked at."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFixedWidth(212)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows = _Rows(texts)
        self.rows.setAccessibleName(texts("ui.fingers.order"))
        self.chosen = self.rows.chosen
        self.setWidget(self.rows)

    def fit(self) -> None:
        """As wide as the type scale needs."""
        self.setFixedWidth(262 if Current.theme.large else 212)

    def show_view(self, view: FingersView) -> None:
        """Show the order as it stands; the present one is brought into sight."""
        self.fit()
        self.rows.view = view
        self.rows.at = -1
        self.rows.updateGeometry()
        self.rows.update()
        current = next((i for i, r in enumerate(view.rows) if r.step is view.current), None)
        if current is not None:
            self.ensureVisible(0, int(self.rows.tops()[current]) + 20, 0, 60)

    def choose(self, index: int) -> None:
        """Look at a row; -1: at none."""
        self.rows.at = index
        self.rows.update()
