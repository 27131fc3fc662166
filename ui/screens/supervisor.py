"""S10: what waits for the supervisor's decision, with its evidence; decided by the signed-in supervisor or by one who signs here (F8)."""

from __future__ import annotations

from station.desks.supervisor import Case, SupervisorDesk
from station.views.base import printed
from station.views.inbox import InboxRow, InboxView
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.sign_here import SignHere
from ui.shell import Shell
from ui.texts import capital, format_waiting
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.empty import Empty
from ui.widgets.entry import Entry
from ui.widgets.facts import Facts
from ui.widgets.heads import Head
from ui.widgets.picture import PicturePane
from ui.widgets.rows import Row, RowList
from ui.widgets.scrolling import Scrolling

EMPTY_LINES = ("what", "order", "how")


class SupervisorScreen(Screen):
    """What waits for my decision?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: SupervisorDesk | None = None
        self.view: InboxView | None = None
        self.case: Case | None = None
        self.who = ""
        self.approved = 0
        self._returning = self._accepting = False
        self._names: dict[str, str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.supervisor.title"), self.texts.pair("s10.question"))
        column.addWidget(self._head)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.supervisor.title"))
        self.rows.picked.connect(self._choose)
        self.rows.when_empty(self.texts("ui.supervisor.empty-list"))
        box.addWidget(self.rows)
        row.addWidget(left, 3)
        middle, self._middle = card()
        self._person = label("", "title", wrap=True)
        self._what = label("", "strong", wrap=True)
        self._facts = Facts()
        self._picture = PicturePane(self.texts("ui.supervisor.evidence"))
        self._middle.addWidget(self._person)
        self._middle.addWidget(self._what)
        self.empty = Empty()
        self._middle.addWidget(self.empty, 1)
        self._evidence = facts = Scrolling(self.texts("ui.supervisor.evidence"))
        facts.column.addWidget(self._facts)
        facts.column.addWidget(self._picture, 1)
        facts.column.addStretch(0)
        self._middle.addWidget(facts, 1)
        row.addWidget(middle, 4)
        right = QVBoxLayout()
        decision, decide = card()
        self._decides = StateChip(State.IDLE, "")
        self._deferred = StateChip(State.EXCEPTION, self.texts("ui.supervisor.deferred"))
        decide.addWidget(self._decides)
        decide.addWidget(self._deferred)
        self.banner = Banner()
        decide.addWidget(self.banner)
        self.reason = Entry(self.texts("ui.supervisor.return-why"))
        self.reason.committed.connect(self._return_now)
        self.reason.hide()
        decide.addWidget(self.reason)
        right.addWidget(decision)
        self.pin = SignHere(self, self._come, self._cancel, instead=self.banner)
        right.addWidget(self.pin)
        right.addStretch(1)
        row.addLayout(right, 3)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show what waits."""
        super().enter(dossier)
        self._returning = self._accepting = False
        self.reason.hide()
        self.pin.hide()
        self.rows.setFocus()
        if self.desk is None:
            self.desk = SupervisorDesk(self.station)
        self._ask()

    def leave(self) -> None:
        """The second person's right to decide ends with the page."""
        super().leave()
        if self.desk is not None:
            self.desk.go()

    def _ask(self) -> None:
        desk = self.desk
        assert desk is not None, "made at the first enter"
        self.ask(lambda: (desk.view(), desk.who, desk.names()), self._show)

    def _show(self, answer: tuple[InboxView, str, dict[str, str]]) -> None:
        self.view, self.who, self._names = answer
        rows = self.view.rows
        self.rows.show_rows([self._row(r) for r in rows])
        right = self.texts("ui.supervisor.out-of-order", count=len(self.view.out_of_order)) if self.view.out_of_order else ""
        self._head.say(right=right)
        if self.who:
            self._decides.set(State.GOOD, self.texts("ui.supervisor.decides", name=self.who))
        else:
            self._decides.set(State.RETRY, self.texts("ui.action.supervisor-here") + f" · {self.texts.key('F8')}")
        self._choose(max(0, self.rows.currentRow()))

    def _row(self, row: InboxRow) -> Row:
        subject = self.texts.of(row.subject) if row.subject else ""
        return Row(self.texts.of(row.what), tuple(t for t in (subject, printed(row.dossier)) if t), State(row.tone.value), self._names.get(row.asked_by, row.asked_by),
                   format_waiting(self.texts, row.waits_s))  # fmt: skip

    def _chosen(self) -> InboxRow | None:
        index = self.rows.currentRow()
        return self.view.rows[index] if self.view is not None and 0 <= index < len(self.view.rows) else None

    def _choose(self, index: int) -> None:
        _ = index
        row, desk = self._chosen(), self.desk
        if row is None or desk is None:
            self.case = None
            self._nothing()
            return
        self.ask(lambda: desk.case(row), self._show_case)

    def _nothing(self) -> None:
        for widget in (self._person, self._what, self._evidence, self._deferred):
            widget.hide()
        self._decides.setVisible(bool(self.who))
        self.empty.say(self.texts("ui.supervisor.empty"), [self.texts(f"ui.supervisor.empty.{n}") for n in EMPTY_LINES])
        done = self.texts("ui.supervisor.done", count=self.approved) if self.approved else ""
        self.banner.say(State.GOOD, self.texts("s10.empty"), done or self.texts.second("s10.empty"))
        self.shell.refresh_actions()

    def _show_case(self, case: Case) -> None:
        self.case = case
        row = self._chosen()
        if row is None:
            return
        self.empty.say("")
        for widget in (self._person, self._what, self._evidence, self._decides):
            widget.show()
        self._person.setText(case.person.upper())
        self._what.setText(self.texts.of(row.what))
        facts = [(self.texts("ui.fact.number"), case.number), (self.texts("ui.fact.dossier"), printed(case.dossier))]
        facts += [(capital(self.texts.of(f.label)), f.value) for f in case.facts]
        facts += [(self.texts("ui.fact.exception"), self.texts.of(e)) for e in case.exceptions]
        self._facts.show_pairs(facts)
        pictured = case.picture is not None or not case.exceptions
        self._picture.setVisible(pictured)
        self._evidence.column.setStretch(2, 0 if pictured else 1)  # without a picture the facts stand together at the top
        if case.picture is not None:
            self._picture.show_picture(case.picture.pixels, self.texts(f"step.{case.picture.step}"), state=State.RETRY)
        else:
            self._picture.show_picture(None, empty=self.texts("ui.supervisor.no-picture"))
        self._deferred.setVisible(row.deferred)
        if row.own:
            self.banner.say(State.BLOCKED, self.texts("ui.supervisor.own"), self.texts.second("ui.supervisor.own"))
        elif not self.who:
            self.banner.say(State.RETRY, self.texts("ui.supervisor.nobody"), self.texts.second("ui.supervisor.nobody"))
        else:
            self.banner.say(State.LIVE, self.texts.of(row.what), self.texts("ui.desk.offline"))
        self.shell.refresh_actions()

    # --- deciding ------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Approve, return, let a supervisor sign here."""
        row = self._chosen()
        ready = row is not None and bool(self.who) and not row.own and not self.pin.isVisible()
        actions = [
            self.act("here", "ui.action.supervisor-here", "F8", self.pin.ask_who, enabled=not self.who or self.pin.isVisible()),
            self.act("side", "ui.action.side-by-side", "F6", self._side, enabled=row is not None, icon="columns"),
        ]
        if self._returning:
            return [self.act("cancel", "ui.action.cancel", "Esc", self._cancel),
                    self.act("return-now", "ui.action.return-now", "F12", self._return_now, enabled=ready, primary=True)]  # fmt: skip
        if self._accepting:
            return [self.act("cancel", "ui.action.cancel", "Esc", self._cancel),
                    self.act("approve-now", "ui.action.approve", "F12", self._return_now, enabled=ready, primary=True, icon="pen")]  # fmt: skip
        if self.pin.isVisible():
            return self.pin.offers()
        if row is None:  # nothing waits: the next sensible thing is the queue
            return [self.act("home", "ui.action.next-person", "F12", lambda: self.shell.go("home"), primary=True, icon="queue")]
        return [*actions, self.act("return", "ui.action.return", "F4", self._return, enabled=ready),
                self.act("approve", "ui.action.approve", "F12", self._approve, enabled=ready, primary=True, icon="pen")]  # fmt: skip

    def _come(self, operator: str, secret: str) -> None:
        desk = self.desk
        assert desk is not None, "made at the first enter"

        def come(_: object) -> None:
            self._cancel()
            self._ask()

        self.ask(lambda: desk.come(operator, secret), come, self.pin.refuse)

    def _cancel(self) -> None:
        self._returning = self._accepting = False
        self.reason.hide()
        self.pin.hide()
        self.rows.setFocus()
        self.shell.refresh_actions()

    def _return(self) -> None:
        self._returning = True
        self._ask_reason("ui.supervisor.return-why")

    def _ask_reason(self, why: str) -> None:
        self.reason.set_name(self.texts(why))
        self.reason.set_text("")
        self.reason.show()
        self.reason.edit.setFocus()
        self.shell.refresh_actions()

    def _return_now(self) -> None:
        if not self.reason.text().strip():
            self.reason.show_fault(self.texts("reason-missing"))
            return
        self._decide("approved" if self._accepting else "returned", self.reason.text())

    def _approve(self) -> None:
        row = self._chosen()
        if row is not None and any(i.needs_reason for i in row.intents if i.arguments.get("decision") == "approved"):
            self._accepting = True
            self._ask_reason("ui.supervisor.approve-why")
        else:
            self._decide("approved", "")

    def _decide(self, decision: str, reason: str) -> None:
        row, desk = self._chosen(), self.desk
        if row is None or desk is None:
            return

        def decided(_: object) -> None:
            self.approved += decision == "approved"
            self._cancel()
            self._ask()

        self.ask(lambda: desk.decide(row, decision, reason), decided)

    def _side(self) -> None:
        row = self._chosen()
        if row is not None:
            self.shell.go("side-by-side", row.dossier)

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
