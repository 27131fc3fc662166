"""The dossier strip: who sits here, which dossier, its stages, how long it is at this desk."""

from __future__ import annotations

import time

from station.views.base import printed
from station.views.strip import STAGES, StripView
from ui.qt import (
    QColor,
    QFontMetrics,
    QFrame,
    QHBoxLayout,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    Qt,
    QVBoxLayout,
    QWidget,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current
from ui.theme.tokens import DOSSIER_STRIP, State
from ui.widgets.chips import label


class Stepper(QWidget):
    """The stages: a number or a check in a circle, the word below, the present one underlined."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._stage, self._done = "", frozenset[str]()
        self._stages = tuple(s for s in STAGES if s != "iris")
        self.setMinimumHeight(DOSSIER_STRIP)

    def sizeHint(self) -> QSize:
        """The steps as in the mock-up."""
        metrics = QFontMetrics(Current.theme.font(Current.theme.tight.caption, 700))
        widest = max(metrics.horizontalAdvance(self._texts(f"ui.stage.{s}")) for s in self._stages)
        return QSize(len(self._stages) * (64 if Current.theme.large else max(84, widest + 14)), DOSSIER_STRIP)

    def show_stage(self, stage: str, done: frozenset[str], stages: tuple[str, ...] = ()) -> None:
        """Show where the dossier is."""
        if stages and stages != self._stages:
            self._stages = stages
            self.updateGeometry()
            self.update()
        if (stage, done) != (self._stage, self._done):
            self._stage, self._done = stage, done
            word = self._texts(f"ui.stage.{stage}") if stage else ""
            self.setAccessibleName(f"{word} {len(done.intersection(self._stages))}/{len(self._stages)}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stages."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = self.width() / len(self._stages)
        for index, stage in enumerate(self._stages):
            box = QRectF(index * wide, 0, wide, self.height())
            circle = QRectF(box.center().x() - 12, 8, 24, 24)
            current, done = stage == self._stage, stage in self._done
            good = theme.colour(State.GOOD)
            if current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(p.accent))
            elif done:
                painter.setPen(QPen(good, 1.6))
                painter.setBrush(theme.ground(State.GOOD))
            else:
                painter.setPen(QPen(QColor(p.control), 1.4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle)
            if done and not current:
                paint_state(painter, State.GOOD, circle.adjusted(6, 6, -6, -6), good)
            else:
                painter.setPen(QColor(p.on_accent if current else p.text2))
                painter.setFont(theme.font(12, 700))
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            painter.setPen(QColor(p.accent if current else p.text if done else p.text2))
            painter.setFont(theme.font(theme.tight.caption, 700 if current else 400))
            if theme.large and not current:
                continue  # numbers and checks say it; the words would not fit
            words = QRectF(box.left() - 20, 35, box.width() + 40, 24)
            beyond = (painter.fontMetrics().horizontalAdvance(self._texts(f"ui.stage.{stage}")) + 1 - box.width()) / 2
            if beyond > 0 and stage in {self._stages[0], self._stages[-1]}:  # no letter beyond the edge
                words.translate(beyond if index == 0 else -beyond, 0)
            painter.drawText(
                words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._texts(f"ui.stage.{stage}")
            )
            if current:
                painter.fillRect(QRectF(box.left(), self.height() - 3, box.width(), 3), QColor(p.accent))


class Face(QWidget):
    """The applicant's picture (from the chip or just taken), a pictogram while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedSize(38, 50)

    def show_image(self, image: QImage | None) -> None:
        """Show a picture."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        _ = event
        p = Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(p.border), 1))
        painter.setBrush(QColor(p.surface2))
        painter.drawRoundedRect(box, 4, 4)
        if self._image is not None:
            painter.drawImage(box.adjusted(1, 1, -1, -1), self._image)
        else:
            paint_pictogram(painter, "person", QRectF(7, 12, 24, 24), QColor(p.text2))


class Strip(QFrame):
    """All of it."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setObjectName("strip")
        self.setMinimumHeight(DOSSIER_STRIP)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(14)
        self.face = Face()
        row.addWidget(self.face)
        who = QVBoxLayout()
        who.setSpacing(2)
        self._person, self._facts = label("", "strong"), label("")
        who.addStretch(1)
        who.addWidget(self._person)
        who.addWidget(self._facts)
        who.addStretch(1)
        row.addLayout(who)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedWidth(1)
        rule.setFixedHeight(40)
        row.addWidget(rule)
        which = QVBoxLayout()
        which.setSpacing(2)
        self._number, self._ticket = label("", "printed"), label("", "caption")
        which.addStretch(1)
        which.addWidget(self._number)
        which.addWidget(self._ticket)
        which.addStretch(1)
        row.addLayout(which)
        row.addStretch(1)
        self._stepper = Stepper(texts)
        row.addWidget(self._stepper)
        clock = QVBoxLayout()
        clock.setSpacing(0)
        self._clock = label("00:00", "clock")
        self._clock.setAlignment(Qt.AlignmentFlag.AlignRight)
        here = label(texts("ui.strip.here"), "caption")
        here.setAlignment(Qt.AlignmentFlag.AlignRight)
        clock.addStretch(1)
        clock.addWidget(self._clock)
        clock.addWidget(here)
        clock.addStretch(1)
        row.addLayout(clock)
        self._began = time.monotonic()
        self.view: StripView | None = None

    def show_view(self, view: StripView, stage: str) -> None:
        """Fill the strip; the time counts anew when another dossier or stage is shown."""
        if self.view is None or self.view.dossier != view.dossier:
            self._began = time.monotonic()
            self.face.show_image(None)
        self.view = view
        self._person.setText(view.person)
        age = self._texts("ui.strip.age", age=view.age) if view.age is not None else ""
        sex = self._texts(f"sex.{view.sex}") if view.sex else ""
        self._facts.setText(f"<b>{view.number}</b>&nbsp;&nbsp; {' · '.join(t for t in (view.born, age, sex) if t)}")
        self._number.setText(printed(view.printed))
        ticket = self._texts("ui.strip.ticket", ticket=view.ticket) if view.ticket else ""
        kind = (
            self._texts(view.kind.code)
            if view.kind_sure
            else self._texts("ui.strip.kind-proposed", kind=self._texts(view.kind.code))
        )
        self._ticket.setText(
            " · ".join(t for t in (ticket, kind, self._texts("ui.strip.procedure", procedure=view.procedure)) if t)
        )
        self.show_stage(stage)

    def show_stage(self, stage: str) -> None:
        """Light a stage."""
        view = self.view
        self._stepper.show_stage(stage, view.done if view is not None else frozenset(), view.stages if view is not None else ())

    def tick(self) -> None:
        """Count the time at this desk."""
        seconds = int(time.monotonic() - self._began)
        self._clock.setText(f"{seconds // 60:02d}:{seconds % 60:02d}")
