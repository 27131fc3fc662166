"""S13: cards come in by scan, are found by scan, compared with their person, handed over. What was not compared is said so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from station.advice import reason_words
from station.desks.cards import Box, FingerAnswer, HandOverDesk, Receiver, png_of
from station.desks.photograph import one_finger
from station.dossier.issued import UNCOMPARED_REASONS, UNDELIVERED_REASONS
from station.dossier.parts import OldCard
from station.errors import InputError
from station.views.base import Words
from station.views.hand_over import HandOverView
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.hand_over_errands import Errands
from ui.screens.hand_over_said import OPEN, next_card, what_is_next
from ui.shell import Shell
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, card, label
from ui.widgets.entry import Entry
from ui.widgets.hand_checks import HandChecks
from ui.widgets.hand_over_box import box_lines, card_rows
from ui.widgets.heads import Head
from ui.widgets.options import Option, OptionList
from ui.widgets.person_card import PersonCard
from ui.widgets.rows import RowList

OLD_GONE = (OldCard.LOST.value, OldCard.NOT_BROUGHT.value)


class HandOverScreen(Screen):
    """Is this card this person's?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: HandOverDesk | None = None
        self.view: HandOverView | None = None
        self.who: Receiver | None = None
        self.answer: FingerAnswer | None = None
        self.mode, self.said, self.uncompared = "", "", ""
        self.busy, self.chosen = False, 0
        self.paper: bytes | None = None
        self.gone, self.astray, self._come = "", 0, list[str]()  # old card that is not here, cards of other units, what came
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        self._head = Head(self.texts("ui.hand.title"), self.texts.pair("s13.question"))
        top.setSpacing(16)
        top.addWidget(self._head, 3)
        self.scan = Entry(f"{self.texts('ui.hand.scan')} ({self.texts.key('F2')})")
        self.scan.committed.connect(self._scan_typed)
        top.addWidget(self.scan, 2)
        column.addLayout(top)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 8)
        self.rows = RowList(self.texts("ui.hand.title"))
        self.rows.when_empty(self.texts("s13.empty"))
        self.rows.picked.connect(lambda _: self._chosen_changed())
        box.addWidget(self.rows, 1)
        self._boxes = label("", "caption", wrap=True)
        self._boxes.setContentsMargins(12, 0, 12, 0)
        box.addWidget(self._boxes)
        row.addWidget(left, 3)
        self.person = PersonCard(self.texts)
        row.addWidget(self.person, 5)
        right = QVBoxLayout()
        self.checks = HandChecks(self.texts)
        self.checks.ticked.connect(self._show_checks)
        self.face = self.checks.face
        right.addWidget(self.checks)
        self.banner = Banner()
        right.addWidget(self.banner)
        self.reason = Entry(self.texts("ui.hand.refuse-why"))
        self.reason.committed.connect(self._refuse_now)
        self.reason.hide()
        right.addWidget(self.reason)
        self._reasons = OptionList()
        self._reasons.hide()
        right.addWidget(self._reasons)
        self.errands = Errands(self, self._away_over, self.banner.say)
        right.addWidget(self.errands.form)
        right.addStretch(1)
        row.addLayout(right, 3)
        column.addLayout(row, 1)

    # --- showing ---------------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the cards; the focus is in the scan box."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = HandOverDesk(self.station)
        self.mode, self.said = "", ""
        self._forget()
        self.scan.edit.setFocus()
        self._ask(dossier)

    @property
    def _handing(self) -> HandOverDesk:
        assert self.desk is not None, "made at the first enter"
        return self.desk

    def _ask(self, want: str = "") -> None:
        desk = self._handing
        self.ask(
            lambda: (desk.view(), desk.boxes(), box_lines(desk, self.texts), len(desk.astray())), lambda a: self._show(a, want)
        )

    def _show(self, found: tuple[HandOverView, tuple[Box, ...], list[str], int], want: str) -> None:
        view, boxes, differs, astray = found
        self.view, self.busy = view, False
        at = next((i for i, r in enumerate(view.rows) if r.dossier == want), -1)
        self.rows.show_rows(card_rows(view, self.texts), at)
        counts = {k: view.counts.get(k, 0) for k in ("here", "undelivered", "handed", "listed")}
        self._head.say(right=self.texts("ui.hand.counts", **counts))
        self._come = [self.texts("ui.hand.here", here=b.here, all=b.all, manifest=b.manifest) for b in boxes]
        self._differs((differs, astray))
        self._chosen_changed()

    def _differs(self, found: tuple[list[str], int]) -> None:
        """Say what came, what did not, and what is another unit's."""
        differs, self.astray = found
        self._boxes.setText("\n".join((*self._come, *differs)))
        self.shell.refresh_actions()

    def _dossier(self) -> str:
        index = self.rows.currentRow()
        return self.view.rows[index].dossier if self.view is not None and 0 <= index < len(self.view.rows) else ""

    def _chosen_changed(self) -> None:
        dossier, desk = self._dossier(), self.desk
        if not dossier or desk is None:
            self.who = None
            self.person.show_nobody()
            self.checks.hide()  # nobody is here whose four things could be asked
            self._say(State.IDLE, "s13.empty")
            self.shell.refresh_actions()
            return
        if self.who is None or self.who.dossier != dossier:
            self._forget()
        chosen = self.chosen
        self.ask(lambda: desk.receiver(dossier, chosen), self._show_person)

    def _forget(self) -> None:
        """A new person: nothing of the one before is carried over."""
        self.answer, self.uncompared, self.paper, self.chosen, self.gone = None, "", None, 0, ""
        self.checks.forget()
        self.errands.form.hide()
        self.reason.hide()
        self._reasons.hide()
        self.banner.show()
        self.checks.show()

    def _show_person(self, who: Receiver) -> None:
        self.who = who
        self.person.show_person(who)
        self.checks.person(who)
        self._show_checks()

    def _show_checks(self) -> None:
        who, answer = self.who, self.answer
        if who is None:
            return
        self.person.show_taken(who, answer)
        self.checks.show_state(who, answer, self.uncompared, paper=self.paper is not None)
        if self.said:
            self.banner.say(
                State.GOOD, self.said, self.texts("ui.hand.then-scan" if self._next_row() is None else "ui.hand.then-next")
            )
        else:
            cut = who.old_card_due and not self.checks.old_card.isChecked() and not self.gone
            self._say(*what_is_next(who, answer, self.uncompared, face=self.face.isChecked(), ready=self._ready(), cut=cut))
        self.shell.refresh_actions()

    def _ready(self) -> bool:
        """Whether the card may go: a finger that agrees, or the reason why none was compared and the signed list."""
        return (self.answer is not None and self.answer.same) or (bool(self.uncompared) and self.paper is not None)

    def _say(self, state: State, code: str) -> None:
        self.banner.say(state, self.texts(code), self.texts.second(code))

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Compare, not delivered, refuse; the next of the four things, at last the hand-over."""
        who = self.who
        here = who is not None and who.word in OPEN and not self.busy
        if self.mode:
            actions = [self.act("cancel", "ui.action.cancel", "Esc", self._cancel)]
            if self.mode == "away":
                actions.append(
                    self.act("away-now", "ui.action.save", "F12", lambda: self.errands.away_now(self._handing), primary=True)
                )
            if not self._reasons.isHidden():
                actions.append(self.act("reason", "ui.action.settle-this", "F12", self._take_reason, primary=True, icon="next"))
            if self.mode == "refuse":
                actions.append(self.act("refuse-now", "ui.action.refuse-card", "F12", self._refuse_now, primary=True))
            return actions
        can = here and who is not None and who.print is not None
        begun = self.answer is not None or bool(self.uncompared)
        actions = []
        if can and begun:
            actions.append(self.act("compare", "ui.action.compare-finger", "F4", self._compare, icon="finger"))
        if can and who is not None and len(who.fingers) > 1:
            actions.append(self.act("other", "ui.action.other-finger", "F5", self._other_finger, icon="retake"))
        if can and not begun:
            actions.append(self.act("uncompared", "ui.action.uncompared", "F3", self._without, icon="warning"))
        if self.astray:
            actions.append(
                self.act(
                    "route-note", "ui.action.route-note", "F8", lambda: self.errands.route_note(self._handing), icon="printer"
                )
            )
        actions.append(self.act("not-home", "ui.action.not-home", "F6", self._not_home, enabled=here, icon="house"))
        actions.append(self.act("refuse", "ui.action.refuse-card", "F7", self._refuse, enabled=here))
        cut = who is not None and who.old_card_due and not self.checks.old_card.isChecked() and not self.gone
        if here and self.face.isChecked() and self._ready() and cut:
            actions.append(self.act("no-old", "ui.action.no-old-card", "F3", self._no_old))
        name, code, run, icon = self._next_thing(who, here=here, cut=cut)
        enabled = name != "handed" or (here and self._ready())
        actions.append(self.act(name, code, "F12", run, enabled=enabled, primary=True, icon=icon))
        return actions

    def _next_thing(self, who: Receiver | None, *, here: bool, cut: bool) -> tuple[str, str, Callable[[], None], str]:
        """What F12 does: name, words, intent, icon. The face, the finger (or why none), the old card, the hand-over; then the next card."""
        if who is None or (who.word not in OPEN and not self.busy):
            following = self._next_row()
            if following is not None:
                return "next", "ui.action.next-card", lambda: self._to_row(following), "next"
            return "scan", "ui.action.scan-card", self.scan.edit.setFocus, "card"
        if here and not self.face.isChecked():
            return "face", "ui.action.confirm-face", lambda: self.face.setChecked(True), "person"
        if here and self.uncompared and self.paper is None:
            return "paper", "ui.action.paper-signed", self._photograph, "camera"
        if here and who.print is None and not self.uncompared:
            return "uncompared-now", "ui.action.uncompared", self._without, "warning"
        if here and self.answer is None and not self.uncompared:
            return "compare-now", "ui.action.compare-finger", self._compare, "finger"
        if here and self._ready() and cut:
            return "cut", "ui.action.old-card-cut", lambda: self.checks.old_card.setChecked(True), "card"
        return "handed", "ui.action.handed", self._hand_over, "card"

    def _next_row(self) -> int | None:
        return next_card(self.view.rows if self.view is not None else (), self.rows.currentRow())

    def _to_row(self, index: int) -> None:
        self.said = ""
        self.rows.setCurrentRow(index)
        self.rows.setFocus()

    def key(self, name: str) -> bool:
        """F2: to the scan box."""
        if name == "F2":
            self.scan.edit.setFocus()
        return name == "F2"

    def scanned(self, text: str) -> bool:
        """A scanner's burst: find the card, or take it in."""
        self._scan(text)
        return True

    def _scan_typed(self) -> None:
        text = self.scan.text().strip()
        self.scan.edit.clear()
        if text:
            self._scan(text)

    def _scan(self, text: str) -> None:
        desk = self._handing

        def found(answer: tuple[str, str]) -> None:
            self.said = self.texts("ui.hand.taken-in", serial=answer[1]) if answer[1] else ""
            self.who = None
            self._ask(answer[0])
            self.rows.setFocus()

        def failed(error: BaseException) -> None:
            if isinstance(error, InputError):
                words = reason_words(error) if error.reason_code == "card-of-kit" else Words("ui.hand.unknown")
                self.banner.say(State.BLOCKED, self.texts.of(words), f"{self.texts.second_of(words)}  [E37]")
                self.ask(lambda: (box_lines(desk, self.texts), len(desk.astray())), self._differs)
            else:
                self.shell.show_trouble(error)

        self.ask(lambda: desk.scanned(text), found, failed)

    def _compare(self) -> None:
        who, desk, counter = self.who, self.desk, self.counter
        if who is None or desk is None or self.busy:
            return
        self.busy, self.said = True, ""
        self.checks.taking()
        self.shell.refresh_actions()

        def compared(answer: FingerAnswer | None) -> None:
            self.busy, self.answer = False, answer
            self._show_checks()

        def failed(error: BaseException) -> None:
            self.busy = False
            self._show_checks()
            self.shell.show_trouble(error)

        number = who.number.replace(" ", "")
        self.uncompared, self.paper = "", None

        def work() -> FingerAnswer | None:
            counter.step_up(number)
            return desk.compare_finger(who.dossier, one_finger(counter, who.finger), who.finger)

        self.ask(work, compared, failed)

    def _hand_over(self) -> None:
        who, desk, answer, why, paper = self.who, self.desk, self.answer, self.uncompared, self.paper
        if who is None or desk is None or not self._ready():
            return
        old = who.old_card if self.checks.old_card.isChecked() and who.old_card != "none" else ""
        gone = self.gone if who.old_card_due and not old else ""

        def done(_: object) -> None:
            self.said = self.texts("ui.hand.done", name=who.name.upper())
            self._ask(who.dossier)

        def work() -> None:
            signature = paper if why and paper is not None else png_of(answer.taken) if answer is not None else b""
            desk.hand_over(
                who.dossier, signature=signature, finger=None if why else answer, old_card=old, uncompared=why, old_card_gone=gone
            )

        self.ask(work, done)

    def _other_finger(self) -> None:
        """F5: the next of the enrolled fingers; what was compared before is asked anew."""
        who, desk = self.who, self.desk
        if who is None or desk is None or not who.fingers:
            return
        at = who.fingers.index(who.finger) if who.finger in who.fingers else -1
        self.chosen, self.answer = who.fingers[(at + 1) % len(who.fingers)], None
        chosen = self.chosen
        self.ask(lambda: desk.receiver(who.dossier, chosen), self._show_person)

    def _without(self) -> None:
        """F3: no finger can be compared; the reason is noted, and the receiver signs the list on paper."""
        self._choose("uncompared", UNCOMPARED_REASONS, "ui.hand.why-uncompared")

    def _no_old(self) -> None:
        """F3: the old card is not here; what became of it is noted with the hand-over."""
        self._choose("old-card", OLD_GONE, "ui.hand.why-no-old")

    def _photograph(self) -> None:
        self.busy = True
        self.shell.refresh_actions()
        self.errands.signed_list(self._listed)

    def _listed(self, picture: bytes | None) -> None:
        self.busy, self.paper = False, picture or self.paper
        self._show_checks()

    def _not_home(self) -> None:
        self._choose("undelivered", UNDELIVERED_REASONS, "ui.hand.why-not")

    def _choose(self, mode: str, reasons: Sequence[str], question: str) -> None:
        """Ask for a reason by its digit."""
        self.mode, self.said = mode, ""
        both = Current.theme.second_titles
        codes = [f"{mode}.{r}" for r in reasons]
        self._reasons.show_options([Option(c, self.texts(c), self.texts.second(c) if both else "") for c in codes])
        self._reasons.show()
        self.checks.hide()  # the reasons have the room; nothing is cut in large type
        self._say(State.RETRY, question)
        self._reasons.setFocus()
        self.shell.refresh_actions()

    def _take_reason(self) -> None:
        """F12: the reason that is chosen with the arrows."""
        self.digit(self._reasons.number)

    def digit(self, number: int) -> bool:
        """Choose why the card could not be delivered, or why no finger is compared."""
        who, desk = self.who, self.desk
        if self.mode == "uncompared" and 1 <= number <= len(UNCOMPARED_REASONS):
            self.uncompared, self.paper = UNCOMPARED_REASONS[number - 1], None
            self._cancel()
            return True
        if self.mode == "old-card" and 1 <= number <= len(OLD_GONE):
            self.gone = OLD_GONE[number - 1]
            self._cancel()
            return True
        if self.mode != "undelivered" or not 1 <= number <= len(UNDELIVERED_REASONS) or who is None or desk is None:
            return False
        reason = UNDELIVERED_REASONS[number - 1]
        row = next((r for r in self.view.rows if r.dossier == who.dossier), None) if self.view is not None else None
        if row is None:
            return False
        self._cancel()
        self.mode = "away"
        self.checks.hide()  # the three fields have the room, and say what is asked
        self.banner.hide()
        self.errands.ask_away(desk, row, reason)
        return True

    def _away_over(self, dossier: str) -> None:
        self._cancel()
        self._ask(dossier)

    def _refuse(self) -> None:
        self.mode, self.said = "refuse", ""
        self.reason.set_text("")
        self.reason.show()
        self.reason.edit.setFocus()
        self.shell.refresh_actions()

    def _refuse_now(self) -> None:
        who, desk, why = self.who, self.desk, self.reason.text().strip()
        if who is None or desk is None:
            return
        if not why:
            self.reason.show_fault(self.texts("reason-missing"))
            return
        self._cancel()
        self.ask(lambda: desk.refuse(who.dossier, why), lambda _: self._ask(who.dossier))

    def _cancel(self) -> None:
        self.mode = ""
        self.errands.form.hide()
        self.reason.hide()
        self._reasons.hide()
        self.banner.show()
        self.checks.show()
        self.rows.setFocus()
        self._show_checks()

    def restyle(self) -> None:
        """Measure anew; in large type the reasons have one line each."""
        self.rows.relayout()
        if not Current.theme.second_titles:
            chosen = max(0, self._reasons.number - 1)
            self._reasons.show_options([replace(o, second="") for o in self._reasons.options], chosen)
