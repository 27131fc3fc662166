"""S5: the portrait, live. Can this photo be printed on the card?"""

from __future__ import annotations

from dataclasses import replace

from station.capture.session import SessionView
from station.views.fingers import FingersView
from station.views.portrait import PortraitView, portrait_view
from station.views.portrait_active import CHALLENGES, ActiveView
from ui.qt import QColor, QFrame, QHBoxLayout, QPainter, QPen, QPointF, QRectF, Qt, QVBoxLayout
from ui.screens.live import LiveScreen
from ui.shell import Shell
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.actions import Action
from ui.widgets.chips import card, label
from ui.widgets.live_parts import AutoCard
from ui.widgets.live_view import Overlay
from ui.widgets.portrait_parts import ActiveCard, ChipFaceCard, LampBars, TryThumbs
from ui.widgets.rules import RuleRows
from ui.widgets.ticks import OfficerTicks


class PortraitScreen(LiveScreen):
    """Can this photo be printed on the card?"""

    stage = "portrait"
    kind = "portrait"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.rules = portrait_view(None)
        self.active_view: ActiveView | None = None
        row = self.columns = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(8)
        self.view.setMinimumWidth(430)
        self.view.drawing = self._draw
        self.view.cover = True
        left.addWidget(self.view, 1)
        left.addWidget(self.banner)
        row.addLayout(left, 5)
        row.addLayout(self._middle(), 6)
        row.addWidget(self._right())

    def _middle(self) -> QVBoxLayout:
        middle = QVBoxLayout()
        middle.setSpacing(8)
        head = QHBoxLayout()
        self.title.setText(self.texts("ui.portrait.title"))
        self.second.setText(self.texts.second("ui.portrait.title"))
        for widget in (self.title, self.second):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.live_word)
        head.addWidget(self.delay)
        middle.addLayout(head)
        frame, box = card()
        box.setContentsMargins(1, 8, 1, 8)
        line = QHBoxLayout()
        line.setContentsMargins(14, 0, 14, 0)
        line.addWidget(label(self.texts("ui.portrait.rules"), "name"))
        line.addStretch(1)
        self._held = label("", "caption")
        line.addWidget(self._held)
        box.addLayout(line)
        self._rows = RuleRows(self.texts)
        box.addWidget(self._rows, 1)
        line = QHBoxLayout()
        line.setContentsMargins(14, 0, 14, 0)
        line.addWidget(label(self.texts("ui.portrait.ticks"), "name"))
        line.addStretch(1)
        self._tick_keys = label("", "caption")
        line.addWidget(self._tick_keys)
        box.addLayout(line)
        self.ticks = OfficerTicks(self.texts)
        box.addWidget(self.ticks)
        middle.addWidget(frame, 1)
        return middle

    def _right(self) -> QFrame:
        holder = QFrame()
        holder.setFixedWidth(292)
        right = QVBoxLayout(holder)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        tries, box = card(self.texts("ui.portrait.tries"), small=True)
        self.tries = TryThumbs(self.texts)
        box.addWidget(self.tries)
        self._tries_note = label(self.texts("ui.portrait.best-kept"), "caption", wrap=True)
        box.addWidget(self._tries_note)
        right.addWidget(tries)
        self.chip_face = ChipFaceCard(self.texts)
        right.addWidget(self.chip_face)
        self.active = ActiveCard(self.texts)
        self.active.hide()
        right.addWidget(self.active)
        self._light_card, box = card(self.texts("ui.portrait.light"), small=True)
        self.lamps = LampBars(self.texts)
        box.addWidget(self.lamps)
        right.addWidget(self._light_card)
        self._auto = AutoCard(self.texts)
        right.addWidget(self._auto)
        right.addWidget(self.sees)
        right.addWidget(self.reason)
        right.addStretch(1)
        return holder

    def restyle(self) -> None:
        """In large type the officer's boxes need the width, the tries the height."""
        super().restyle()
        large = self.shell.large
        self.view.setMinimumWidth(300 if large else 430)
        self._tries_note.setVisible(not large)
        self.chip_face.brief(large)
        self._light_card.setVisible(not large and self.active.isHidden())  # the rules say it too
        self._auto.setVisible(not large or self.active.isHidden())

    # --- showing ----------------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Open the camera; the officer's boxes start empty for each person."""
        self.active.hide()
        super().enter(dossier)
        counter = self.counter
        self._show_ticks(())
        self.ask(lambda: counter.portrait_ticks, self._show_ticks)
        self.active_view = None
        self.ask(lambda: counter.active.view(dossier), self._show_active)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def show_state(self, state: FingersView) -> None:
        """Draw the tries so far."""
        step = state.current
        if step is None or step.fingers:
            return
        self.show_tries(state)
        self._auto.show_rules(self.texts("ui.auto.when-face", seconds=f"{step.dwell_s:g}".replace(".", ",")), "")
        self._auto.show_attempt(
            self.texts("ui.fingers.attempt", number=min(state.attempts + 1, step.attempts), total=step.attempts)
        )
        self._auto.segments.show_states([State.IDLE], 0.0)
        self._show_rules(portrait_view(None))

    def show_tries(self, state: FingersView) -> None:
        """The tries as small pictures, and the chip's photo beside the best of them."""
        step, counter, dossier = state.current, self.counter, self.dossier
        if step is None or step.fingers:
            return
        self.tries.show_tries(state.tries, step.attempts)
        best = next((t for t in state.tries if t.best), None)
        note = "ui.portrait.best-kept" if best is None else "ui.portrait.best-is"
        self._tries_note.setText(self.texts(note, number=best.number if best is not None else 0))
        self.ask(lambda: counter.chip_face(dossier, step.id), self.chip_face.show_view)

    def show_view(self, view: SessionView, at_s: float, arrived_s: float) -> None:
        """Draw the rules of the analysed frame and its lines."""
        self._show_rules(portrait_view(self.counter.portrait_quality))
        self.view.show_overlay(Overlay((), at_s, arrived_s))
        active = self.counter.active.live_view()
        if active.shown:
            self._show_active(active)
        passed = view.verdict is not None and view.verdict.passed
        self._auto.segments.show_states([State.GOOD if passed else State.RETRY], view.hold_share)

    def _show_active(self, view: ActiveView) -> None:
        """The check that was asked for; what ended is written down at once."""
        before, self.active_view = self.active_view, view
        if view == before:
            return
        self.active.show_view(view)
        self.active.setVisible(view.shown)
        self.restyle()
        if before is None or before.running != view.running:
            self.shell.refresh_actions()
            self.ask(self.counter.active.note)

    def speak(self, view: SessionView) -> None:
        """A challenge is nothing to mend: it is asked, here and on the applicant's screen."""
        asked, active = view.instruction, self.active_view
        if asked is None or asked.code not in CHALLENGES or active is None or view.refused is not None:
            super().speak(view)
            return
        self.banner.say(State.LIVE, self.texts.of(active.outcome), self.texts(asked.code), self.texts.second(asked.code))
        self._tell(asked.code, 0)

    def show_kept(self) -> None:
        """What the machine says of a picture that an earlier visit left."""
        self._show_rules(portrait_view(self.counter.portrait_quality))

    def _show_rules(self, rules: PortraitView) -> None:
        self.rules = rules
        self._rows.show_lines(rules.lines)
        self.lamps.show_lamps(rules.lamps)
        self._held.setText(self.texts("ui.portrait.held", held=rules.held, known=rules.known) if rules.known else "")

    def _show_ticks(self, names: tuple[str, ...]) -> None:
        self.ticks.show_ticks(names)
        if names:
            self.shell.refresh_actions()  # the last words of what F12 does now
        self._tick_keys.setText(self.texts("ui.portrait.keys", keys=f"1–{len(names)}") if names else "")

    def _draw(self, painter: QPainter, box: QRectF, scale: float) -> None:
        """Crown, eye and chin lines with flags, the face's oval: green where the rules of place hold, amber where not."""
        lines = {line.name: line.tone.value for line in self.rules.lines}
        bad = any(lines.get(n) == "retry" for n in ("distance", "centre", "pose", "level"))
        state = State.RETRY if bad else State.GOOD
        pair = LIGHT.states[state]
        colour = QColor(pair.colour)
        painter.setPen(QPen(colour, 2, Qt.PenStyle.DashLine))
        painter.setFont(Current.theme.font(Current.theme.scale.body, 600))
        left = max(0.0, box.left())
        for name, y in self.rules.marks:
            at = box.top() + y * scale
            painter.setPen(QPen(colour, 1.6, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(left, at), QPointF(min(box.right(), self.view.width()), at))
            text = self.texts(f"ui.portrait.{name}")
            size = painter.fontMetrics().height() * 0.72
            wide = painter.fontMetrics().horizontalAdvance(text) + size + 24
            high = painter.fontMetrics().height() + 7
            flag = QRectF(left + 8, at - high / 2, wide, high)
            painter.setBrush(QColor(pair.ground))
            painter.setPen(QPen(colour, 1.4))
            painter.drawRoundedRect(flag, 4, 4)
            paint_state(painter, state, QRectF(flag.left() + 8, at - size / 2, size, size), colour)
            painter.drawText(flag.adjusted(size + 15, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        if self.rules.box is not None and len(self.rules.marks) == 3:
            x, _, face, _ = self.rules.box
            top, bottom = self.rules.marks[0][1], self.rules.marks[2][1]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 3, Qt.PenStyle.DashLine if bad else Qt.PenStyle.SolidLine))
            painter.drawEllipse(
                QRectF(
                    box.left() + (x - 0.06 * face) * scale, box.top() + top * scale, 1.12 * face * scale, (bottom - top) * scale
                )
            )

        self._draw_places(painter, box, scale)

    def _draw_places(self, painter: QPainter, box: QRectF, scale: float) -> None:
        """Ears and the shadow on the wall: a good one framed, one to be mended framed wide and dashed, with its flag."""
        whole = box.intersected(QRectF(self.view.rect()))
        for place in self.rules.places:
            good = place.tone.value == "good"
            pair = LIGHT.states[State.GOOD if good else State.RETRY]
            x0, y0, x1, y1 = (max(-1e6, min(1e6, v)) for v in place.box)
            where = QRectF(
                QPointF(box.left() + x0 * scale, box.top() + y0 * scale), QPointF(box.left() + x1 * scale, box.top() + y1 * scale)
            )
            where = where.intersected(whole.adjusted(3, 3, -3, -3))
            if where.width() < 8 or where.height() < 8:
                continue
            colour = QColor(pair.colour)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2.5 if good else 3.5, Qt.PenStyle.SolidLine if good else Qt.PenStyle.DashLine))
            painter.drawRoundedRect(where, 8, 8)
            if good:
                continue
            text = self.texts(f"ui.portrait.place.{place.name}")
            wide = painter.fontMetrics().horizontalAdvance(text) + 40
            left = min(max(whole.left() + 4, where.center().x() - wide / 2), whole.right() - wide - 4)
            top = where.top() - 32 if place.name != "shadow" else where.bottom() - 34
            flag = QRectF(left, max(whole.top() + 4, top), wide, 28)
            painter.setBrush(QColor(pair.ground))
            painter.setPen(QPen(colour, 1.4))
            painter.drawRoundedRect(flag, 4, 4)
            paint_state(painter, State.RETRY, QRectF(flag.left() + 9, flag.center().y() - 7, 14, 14), colour)
            painter.setPen(colour)
            painter.drawText(flag.adjusted(30, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, text)

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def confirmed(self) -> tuple[str, ...] | None:
        """The officer's boxes; None while one that must be ticked is not."""
        return self.ticks.confirmed()

    def confirm_all(self) -> tuple[str, ...]:
        """Tick what must be ticked: the officer looked at the still and pressed F12."""
        return self.ticks.confirm_all()

    def digit(self, number: int) -> bool:
        """Tick a box, or choose a reason."""
        if self.reason.isVisible():
            return self.reason.choose(number)
        return self.ticks.toggle(number)

    def restart(self) -> None:
        """Another picture, other boxes: what was ticked was of the one before."""
        self.ticks.clear()
        super().restart()

    def _discard(self, step: str, words: str, *, accepted: bool = True) -> None:
        self.ticks.clear()
        super()._discard(step, words, accepted=accepted)

    def _ask_active(self) -> None:
        active = self.counter.active
        if active.running:
            active.stop()
        else:
            active.begin()
        self._show_active(active.live_view())

    def offers(self) -> list[Action]:
        """As every capture; F6 asks to blink and turn, and no picture is taken meanwhile."""
        view = self.active_view
        if view is None or not view.offered or self.looking:
            return self.base_offers()
        words = "ui.action.active-stop" if view.running else "ui.action.active"
        check = self.act("active", words, "F6", self._ask_active, enabled=self.running is not None, icon="eye")
        return [replace(a, enabled=False) if view.running and a.name == "capture" else a for a in self.tool_offers(check)]
