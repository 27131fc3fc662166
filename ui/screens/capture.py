"""S4: slaps and rolled fingers, live. Is this finger good enough, and if not, what to do?"""

from __future__ import annotations

from biometrics.positions import FingerPosition
from station.capture.session import Phase, SessionView
from station.capture.verdict import Verdict
from station.dossier.findings import FingerFinding
from station.dossier.procedure import Modality
from station.views.fingers import FingersView
from ui.qt import QFrame, QHBoxLayout, QVBoxLayout
from ui.screens.excepting import ExceptingScreen
from ui.screens.exceptions import ExceptionPanel
from ui.screens.finding_asked import FindingAsked
from ui.screens.live_said import missing_finger
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import card, label
from ui.widgets.hand import HandDiagram
from ui.widgets.live_parts import AutoCard, WhyCard
from ui.widgets.live_view import Mark, Overlay
from ui.widgets.parts import ACTION_ICONS, PartCards, part_state, short_name
from ui.widgets.portrait_parts import TryThumbs
from ui.widgets.steps import StepList, step_second, step_words

PRINT_PLACE = (82, 60)
"""One try in the strip, in px."""


class CaptureScreen(ExceptingScreen):
    """Is this finger good enough, and if not, what to do?"""

    stage = "fingers"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.asked = FindingAsked(self, "capture", self.reason, self._discard, self.next_step, self._shut_reason)
        row = self.columns = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._order())
        row.addLayout(self._middle(), 1)
        row.addWidget(self._right())

    def _order(self) -> QFrame:
        frame, box = card()
        box.setContentsMargins(1, 10, 1, 8)
        head = QHBoxLayout()
        head.setContentsMargins(13, 0, 13, 0)
        head.addWidget(label(self.texts("ui.fingers.order"), "name"))
        head.addStretch(1)
        self._taken = label("", "caption")
        head.addWidget(self._taken)
        box.addLayout(head)
        self.steps = StepList(self.texts)
        self.steps.chosen.connect(self._look_at)
        box.addWidget(self.steps, 1)
        return frame

    def _middle(self) -> QVBoxLayout:
        middle = QVBoxLayout()
        middle.setSpacing(8)
        head = QHBoxLayout()
        for widget in (self.title, self.second):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.live_word)
        head.addWidget(self.delay)
        middle.addLayout(head)
        frame = QFrame()
        frame.setObjectName("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.view, 1)
        self._cards = PartCards(self.texts)
        inside.addWidget(self._cards)
        middle.addWidget(frame, 1)
        return middle

    def _right(self) -> QFrame:
        holder = QFrame()
        holder.setFixedWidth(292)
        right = QVBoxLayout(holder)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        right.addWidget(self.banner)
        self._hand_card, hand_box = card()
        head = QVBoxLayout()
        head.setSpacing(0)
        self._hand_title = label("", "name", wrap=True)
        head.addWidget(self._hand_title)
        self._hand_keys = label("", "caption", wrap=True)
        head.addWidget(self._hand_keys)
        hand_box.addLayout(head)
        self.hand = HandDiagram()
        self.hand.setAccessibleName(self.texts("ui.hand.right"))
        hand_box.addWidget(self.hand, 1)
        right.addWidget(self._hand_card, 1)
        self.why = WhyCard(self.texts)
        self.why.hide()
        right.addWidget(self.why, 1)
        self._auto = AutoCard(self.texts)
        self.tries = TryThumbs(self.texts, PRINT_PLACE)
        self.tries.hide()
        self._auto.hold(self.tries)
        right.addWidget(self._auto)
        right.addWidget(self.sees)
        right.addWidget(self.take_panel(ExceptionPanel(self.texts)), 1)
        right.addWidget(self.reason)
        return holder

    # --- showing ----------------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Open the next capture; keys are for the order until something is asked."""
        super().enter(dossier)
        self.show_side(exceptions=False)
        self.steps.rows.setFocus()

    def restyle(self) -> None:
        """The order is wider in large type."""
        super().restyle()
        self.steps.fit()
        self.banner.setVisible(not (self.exceptions.isVisible() and self.shell.large))

    def show_state(self, state: FingersView) -> None:
        """Draw the order and the present step."""
        self.steps.show_view(state)
        self.why.hide()
        self._hand_card.setVisible(not self.exceptions.isVisible())
        self._taken.setText(f"<b>{state.done}</b>/{state.total}")
        step = state.current
        if step is None or not step.fingers:
            return
        row = next(r for r in state.rows if r.step is step)
        self.title.setText(step_words(self.texts, row))
        self.second.setText(step_second(self.texts, row))
        expected = tuple(f for f in step.fingers if f not in state.exceptions)
        self._cards.expect(expected)
        right = any(int(f) <= 5 for f in step.fingers)
        both = right and any(int(f) > 5 for f in step.fingers)
        self._hand_title.setText(self.texts("ui.hand.thumbs" if both else "ui.hand.right" if right else "ui.hand.left"))
        self._hand_keys.setVisible(not self.shell.large)
        self._hand_keys.setText(self.texts("ui.hand.keys", keys="1, 6" if both else "1–5" if right else "6–0"))
        lowest = min((step.thresholds.get(f, 0.0) for f in expected), default=0.0)
        seconds = f"{step.dwell_s:g}".replace(".", ",")
        count = len(expected)
        self._auto.show_rules(
            self.texts("ui.auto.when", count=count, seconds=seconds), self.texts("ui.auto.threshold", threshold=f"{lowest:.0f}")
        )
        self._auto.segments.show_states([State.IDLE] * count, 0.0)
        self._auto.show_attempt(
            self.texts("ui.fingers.attempt", number=min(state.attempts + 1, step.attempts), total=step.attempts)
        )
        self._show_hand(None, None)
        self.show_tries(state)

    def show_tries(self, state: FingersView) -> None:
        """The tries at this step as small pictures, the best framed: why the next one is asked for can be seen."""
        step = state.current
        there = step is not None and bool(step.fingers) and bool(state.tries)
        self.tries.setVisible(there and not self.shell.large)
        if step is not None and there:
            self.tries.show_tries(state.tries, step.attempts)

    def show_view(self, view: SessionView, at_s: float, arrived_s: float) -> None:
        """Draw an analysed frame: outlines, cards, hand and segments agree."""
        verdict = view.verdict if view.phase is not Phase.WAIT else None
        marks = []
        for part in verdict.parts if verdict is not None else ():
            outline = part.outline
            if not outline and part.region is not None:
                r = part.region
                outline = ((r.x, r.y), (r.x + r.width, r.y), (r.x + r.width, r.y + r.height), (r.x, r.y + r.height))
            codes = (
                (*verdict.whole, *part.reasons) if verdict is not None and not part.passed else ()
            )  # where the whole hand is to go, first
            icon = ACTION_ICONS.get(codes[0], "") if codes else ""
            marks.append(Mark(outline, part_state(part), short_name(self.texts, int(part.position)), f"{part.score:.0f}", icon))
        self.view.show_overlay(Overlay(tuple(marks), at_s, arrived_s))
        self._cards.show_verdict(verdict)
        state = self.state
        assert state is not None
        assert state.current is not None
        expected = [f for f in state.current.fingers if f not in state.exceptions]
        parts = {p.position: part_state(p) for p in verdict.parts} if verdict is not None else {}
        self._auto.segments.show_states([parts.get(f, State.IDLE) for f in expected], view.hold_share)
        attempt = self.texts("ui.fingers.attempt", number=min(view.attempt, view.attempts), total=view.attempts)
        best = self.texts("ui.auto.best", score=f"{view.best_score:.0f}") if view.best_score is not None else ""
        self._auto.show_attempt(" · ".join(t for t in (attempt, best) if t))
        self._show_hand(verdict, view)

    def _show_hand(self, verdict: Verdict | None, view: SessionView | None) -> None:
        state = self.state
        assert state is not None
        step = state.current
        asked = frozenset(step.fingers) if step is not None else frozenset()
        states = {p.position: part_state(p) for p in verdict.parts} if verdict is not None else {}
        for row in state.rows:
            if row.state == "good" and step is not None and int(step.impression) == 1 and len(row.step.fingers) == 1:
                states.setdefault(row.step.position, State.GOOD)
        position = view.instruction.position if view is not None and view.instruction is not None else 0
        question = FingerPosition(position) if position else None
        absent = missing_finger(view, [f for f in asked if f not in state.exceptions]) if view is not None else None
        if absent is not None:  # "3 of 4 fingers": its place on the hand is the one in question
            question, states[absent] = absent, State.RETRY
        self.hand.show_state(asked, states, frozenset(state.exceptions), question)
        self.shell.second.hand(asked, states, frozenset(state.exceptions), question)

    # --- a finding of the sequence check ----------------------------------------------------------------------------------------

    def hold(self, state: FingersView) -> bool:
        """A new finding stops the order of captures until the officer has answered it: take again, supervisor, or go on and decide later."""
        found = self.asked.look(state.findings)
        if found is None:
            return False
        self.running = None
        self.live_word.set(State.BLOCKED, self.texts("ui.state.blocked"))
        self.banner.say(State.BLOCKED, *self.asked.words(found))
        self.shell.tones.play("blocked")
        return True

    @property
    def finding(self) -> FingerFinding | None:
        """The finding that stops the captures now."""
        return self.asked.found

    def wait_code(self) -> str:
        """Which hand or finger is invited."""
        step = self.state.current if self.state is not None else None
        if step is None or int(step.position) < 13:
            return "ui.fingers.wait.rolled" if step is not None and int(step.impression) in {1, 3} else "ui.fingers.wait.finger"
        return f"ui.fingers.wait.{int(step.position)}"

    def _look_at(self, index: int) -> None:
        """A row of the order: why it was accepted, beside the hand's place."""
        row = self.state.rows[index] if self.state is not None else None
        why = row.why if row is not None else None
        if why is not None:
            self.why.show_why(why, "eye." if row is not None and row.step.modality is Modality.IRIS else "ui.finger.")
        self._auto.setVisible(why is None or not self.shell.large)
        self.why.setVisible(why is not None and not self.exceptions.isVisible())
        self._hand_card.setVisible(why is None and not self.exceptions.isVisible())
        self.shell.refresh_actions()

    def chosen_step(self) -> str | None:
        """Id of an accepted row that is looked at."""
        at = self.steps.rows.at
        if self.state is None or at < 0 or self.state.rows[at].why is None:
            return super().chosen_step()
        return self.state.rows[at].step.id

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """As every capture, and the exception of a finger."""
        if (open_panel := self.exception_offers()) is not None:
            return open_panel
        if self.finding is not None:
            return self.asked.offers(self.finding)
        fingers = self.state is not None and self.state.current is not None
        return self.tool_offers(self.act("exception", "ui.action.exception", "F7", self.open_exceptions, enabled=fingers))

    def digit(self, number: int) -> bool:
        """A finger: chosen in the exception panel, or opened there at once."""
        if self.reason.isVisible():
            return self.reason.choose(number)
        return self.choose_exception(FingerPosition(number if number else 10))

    def show_side(self, *, exceptions: bool) -> None:
        """The panel stands in place of the small cards."""
        self.exceptions.setVisible(exceptions)
        self.banner.setVisible(not (exceptions and self.shell.large))  # in large type the panel needs the room
        self._cards.setVisible(not exceptions)
        self._hand_card.setVisible(not exceptions)
        self._auto.setVisible(not exceptions)
        self.sees.setVisible(not exceptions and not self.shell.large)
        self.why.hide()

    def focus_keys(self) -> None:
        """Keys are for the order of captures."""
        self.steps.rows.setFocus()
