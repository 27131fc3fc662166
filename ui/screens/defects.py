"""S12: correct without a new capture. One row, one owner, one next thing: correct with proof, approve by another, sign again and send."""

from __future__ import annotations

from datetime import datetime

from station.desks.approvers import People, approvers
from station.desks.defects import OWNERS, DefectCase, DefectDesk
from station.desks.photograph import photograph
from station.dossier.parts import DefectState
from station.views.base import printed
from station.views.defects import DefectRow, DefectsView
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.sign_here import SignHere
from ui.shell import Shell
from ui.texts import format_date
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chain import Chain, Link
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.empty import Empty
from ui.widgets.entry import Entry
from ui.widgets.facts import Facts
from ui.widgets.heads import Head
from ui.widgets.rows import Row, RowList
from ui.widgets.scrolling import Scrolling

WAY = ("defect.found", "defect.assigned", "defect.corrected", "defect.approved", "package.sealed", "package.acknowledged")


class DefectsScreen(Screen):
    """Which defect comes first?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: DefectDesk | None = None
        self.view: DefectsView | None = None
        self.case: DefectCase | None = None
        self.proof = b""
        self.busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.defects.title"), self.texts.pair("s12.question"))
        column.addWidget(self._head)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.defects.title"))
        self.rows.when_empty(self.texts("ui.defects.empty-list"))
        self.rows.picked.connect(self._choose)
        box.addWidget(self.rows)
        row.addWidget(left, 3)
        middle, self._middle = card()
        self._person = label("", "title", wrap=True)
        self._sentence = label("", "strong", wrap=True)
        self._facts = Facts()
        self.value = Entry(self.texts("ui.defects.right"), hint=self.texts("ui.defects.right-hint"))
        self.value.committed.connect(self._first)
        self._proof = StateChip(State.IDLE, "")
        self.banner = Banner()
        self._kept = StateChip(State.GOOD, "")
        self._middle.addWidget(self._person)
        facts = Scrolling(self.texts("ui.defects.title"))
        for widget in (self._sentence, self._facts, self.value, self._proof, self._kept):
            facts.column.addWidget(widget)
        self.empty = Empty()
        facts.column.addWidget(self.empty)
        facts.column.addStretch(1)
        self._middle.addWidget(facts, 1)
        self._middle.addWidget(self.banner)
        row.addWidget(middle, 5)
        right = QVBoxLayout()
        chain, chain_box = card(self.texts("ui.defects.chain"))
        self._chain = Chain()
        way = Scrolling(self.texts("ui.defects.chain"))
        way.column.addWidget(self._chain)
        way.column.addStretch(1)
        chain_box.addWidget(way)
        right.addWidget(chain, 1)
        self.pin = SignHere(self, self._approve_by, self._cancel)
        right.addWidget(self.pin)
        row.addLayout(right, 3)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show the list; the dossier's own defect is chosen when one is named (F3 from the queue)."""
        super().enter(dossier)
        self.pin.hide()
        if self.desk is None:
            self.desk = DefectDesk(self.station)
        self.rows.setFocus()
        self._ask(dossier)

    def _ask(self, want: str = "") -> None:
        desk = self.desk
        assert desk is not None, "made at the first enter"

        def show(view: DefectsView) -> None:
            self.busy = False
            self._show(view, want)

        self.ask(desk.view, show, self._failed)

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self.shell.show_trouble(error)
        self.shell.refresh_actions()

    def _show(self, view: DefectsView, want: str) -> None:
        self.view = view
        rows = [self._row(r) for r in view.rows]
        wanted = next((i for i, r in enumerate(view.rows) if want and r.dossier == want), -1)
        self.rows.show_rows(rows, wanted)
        self._head.say(
            right=self.texts(
                "ui.defects.count", count=len(rows), alarm90=view.alarms.get(90, 0), alarm150=view.alarms.get(150, 0)
            )
        )
        self._choose(max(0, self.rows.currentRow()))

    def _row(self, row: DefectRow) -> Row:
        lines = (self.texts.of(row.field) if row.field.code != "field." else printed(row.dossier), self.texts.of(row.purge))
        state = State.GOOD if row.next.id == "resend" else State.LIVE if row.next.id == "approve" else State(row.tone.value)
        return Row(
            f"{row.code} · {self.texts.of(row.sentence)}", lines, state, self.texts.of(row.next.words), self.texts.of(row.owner)
        )

    def _chosen(self) -> DefectRow | None:
        index = self.rows.currentRow()
        return self.view.rows[index] if self.view is not None and 0 <= index < len(self.view.rows) else None

    def _choose(self, index: int) -> None:
        _ = index
        row, desk = self._chosen(), self.desk
        self.proof = b""
        if row is None or desk is None:
            self.case = None
            for widget in (self._person, self._sentence):
                widget.setText("")
                widget.hide()
            self._facts.show_pairs([])
            for hidden in (self.value, self._proof, self._kept):
                hidden.hide()
            self._chain.show_links([])
            self.empty.say(self.texts("s12.empty"), [self.texts(f"ui.defects.empty.{n}") for n in ("what", "how", "clock")])
            self.banner.say(State.GOOD, self.texts("s12.empty"), self.texts.second("s12.empty"))
            self.shell.refresh_actions()
            return
        self.ask(lambda: desk.case(row), self._show_case)

    def _show_case(self, case: DefectCase) -> None:
        self.case = case
        self.empty.say("")
        row = case.row
        self._person.setText(case.person.upper())
        self._person.setVisible(bool(case.person))  # nobody said their name yet
        self._sentence.show()
        self._sentence.setText(f"{row.code} · {self.texts.of(row.sentence)}")
        facts = [(self.texts("ui.fact.number"), case.number), (self.texts("ui.fact.born"), format_date(case.born)),
                 (self.texts("ui.fact.dossier"), printed(row.dossier)), (self.texts("ui.defects.owner"), self.texts.of(row.owner))]  # fmt: skip
        if row.why.code:
            said = "ui.defects.centre-says" if row.from_centre else "ui.defects.found-why"
            facts.append((self.texts(said), self._reason(row.why.code)))
        facts += [(self.texts("ui.defects.says", source=self.texts(f"source.{s}")), v) for s, v in row.says.items()]
        if case.has_field and case.state is not DefectState.APPROVED:  # once approved the new value is in force
            facts.append((f"{self.texts('ui.defects.wrong')}: {self.texts.of(row.field)}", row.wrong))
        self._facts.show_pairs(facts)
        open_ = case.state in {DefectState.FOUND, DefectState.ASSIGNED}
        self.value.setVisible(open_ or bool(row.right))
        self.value.set_name(
            f"{self.texts('ui.defects.right')}: {self.texts.of(row.field)}" if case.has_field else self.texts("ui.defects.how")
        )
        self.value.set_text("" if open_ else row.right)
        self.value.edit.setReadOnly(not open_)
        self._show_proof()
        self._kept.setVisible(case.same_captures > 0)
        self._kept.set(State.GOOD, self.texts("ui.defects.kept", count=case.same_captures))
        words = {
            DefectState.CORRECTED: (State.LIVE, "ui.defects.saved"),
            DefectState.APPROVED: (State.GOOD, "ui.defects.approved"),
        }
        state, code = words.get(case.state, (State.RETRY, "ui.defects.found" if case.has_field else "ui.defects.not-a-value"))
        self.banner.say(state, self.texts(code), self.texts.second(code))
        self._chain.show_links(self._links(case))
        self.shell.refresh_actions()

    def _reason(self, code: str) -> str:
        return self.texts(f"field.{code}") if self.texts(f"field.{code}") != f"field.{code}" else self.texts(code)

    def _show_proof(self) -> None:
        case = self.case
        if case is None:
            return
        needed, there = case.row.needs_proof and case.has_field, bool(self.proof or case.proof)
        self._proof.setVisible(case.has_field)
        if there:
            self._proof.set(State.GOOD, self.texts("ui.defects.proof-taken", form=case.row.form))
        elif needed:
            self._proof.set(State.RETRY, self.texts("ui.defects.proof-none"))
        else:
            self._proof.set(State.IDLE, self.texts("ui.defects.proof-unneeded"))

    def _links(self, case: DefectCase) -> list[Link]:
        done = {link.what: link for link in case.chain}
        links = []
        for what in WAY:
            link = done.get(what)
            who = case.operators.get(link.operator, link.operator) if link is not None else self.texts("ui.chain.waiting")
            when = f"{datetime.fromisoformat(link.at).astimezone():%H:%M %d/%m/%Y}" if link is not None else ""
            links.append(
                Link(self.texts(f"chain.{what}"), f"{who} {when}".strip(), State.GOOD if link is not None else State.IDLE)
            )
        return links

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """The one next thing; photograph, approve here, assign, see the form."""
        case = self.case
        if self.pin.isVisible():
            return self.pin.offers()
        if case is None and self.view is not None and not self.view.rows:
            return [self.act("home", "ui.action.next-person", "F12", lambda: self.shell.go("home"), primary=True, icon="queue")]
        free = case is not None and not self.busy
        open_ = case is not None and case.state in {DefectState.FOUND, DefectState.ASSIGNED}
        value = case is not None and case.has_field
        actions = [
            self.act("assign", "ui.action.assign", "F4", self._assign, enabled=free and open_, icon="person"),
            self.act("photo", "ui.action.photograph", "F6", self._photo, enabled=free and open_ and value, icon="camera"),
            self.act("form", "ui.action.form", "F7", self._form, enabled=free, icon="printer", form=case.row.form or "DC02" if case else "DC02"),
            self.act("approve", "ui.action.approve-here", "F8", self._begin_pin, enabled=free and not open_ and case is not None
                     and case.state is DefectState.CORRECTED),
        ]  # fmt: skip
        code = {True: "ui.action.save-correction", False: "ui.action.settle"}[value]
        if case is not None and case.state is DefectState.APPROVED:
            code = "ui.action.resend"
        elif case is not None and case.state is DefectState.CORRECTED:  # the next sensible thing: another person, here
            code = "ui.action.approve-here"
        icon = {"ui.action.resend": "send", "ui.action.approve-here": "pen"}.get(code, "disk")
        ready = free and case is not None
        return [
            *actions,
            self.act(
                "next",
                code,
                "F12",
                self._first,
                enabled=ready,
                primary=True,
                icon=icon,
            ),
        ]

    def _first(self) -> None:
        case, desk = self.case, self.desk
        if case is None or desk is None or self.busy:
            return
        row, value, proof = case.row, self.value.text(), self.proof
        if case.state is DefectState.APPROVED:
            self._work(lambda: desk.resend(row), "ui.defects.sent")
        elif case.state is DefectState.CORRECTED:
            self._begin_pin()
        elif not value.strip():
            self.value.show_fault(self.texts("reason-missing" if not case.has_field else "ui.defects.right-hint"))
        elif case.has_field:
            self._work(lambda: desk.correct(row, value, proof), "")
        else:
            self._work(lambda: desk.settle(row, value), "")

    def _work(self, job: object, said: str) -> None:
        assert callable(job)
        self.busy = True
        self.shell.refresh_actions()

        def done(_: object) -> None:
            self.pin.hide()
            counter = self.counter
            if said:
                counter.send_now()
                self.shell.say(State.GOOD, self.texts(said), self.texts.second(said))
            self._ask(self.case.row.dossier if self.case is not None else "")

        self.ask(job, done, self._failed)

    def _photo(self) -> None:
        counter = self.counter
        self.busy = True
        self.shell.refresh_actions()

        def taken(png: bytes) -> None:
            self.busy = False
            self.proof = png
            self._show_proof()
            self.shell.refresh_actions()

        self.ask(lambda: photograph(counter), taken, self._failed)

    def _assign(self) -> None:
        case, desk = self.case, self.desk
        if case is None or desk is None:
            return
        now = case.row.owner.code.removeprefix("owner.")
        following = OWNERS[(OWNERS.index(now) + 1) % len(OWNERS)] if now in OWNERS else OWNERS[0]
        self._work(lambda: desk.assign(case.row, following), "")

    def _form(self) -> None:
        if self.case is not None:
            self.shell.go("print-preview", self.case.row.dossier)

    def _begin_pin(self) -> None:
        station, desk, case = self.station, self.desk, self.case
        if desk is None or case is None:
            return

        def begin(answer: tuple[bool, People]) -> None:
            mine, people = answer
            if mine:
                self._work(lambda: desk.approve(case.row), "")
            else:
                self.pin.offer(people)

        self.ask(lambda: (desk.approver() is not None, approvers(station)), begin)

    def _approve_by(self, operator: str, secret: str) -> None:
        desk, case = self.desk, self.case
        assert desk is not None, "made at the first enter"
        assert case is not None, "the panel opens over a case"

        def done(_: object) -> None:
            self._cancel()
            self._ask(case.row.dossier)

        self.ask(lambda: desk.approve(case.row, operator, secret), done, self.pin.refuse)

    def _cancel(self) -> None:
        self.pin.hide()
        self.rows.setFocus()
        self.shell.refresh_actions()

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
