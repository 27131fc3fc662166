"""S18, operators: who may do what at this station. Changing needs a security admin, signed in or signing here (F8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from station.desks.settings import OperatorsDesk
from station.keys import Permission, Role
from station.views.operators import OperatorRow, OperatorsView
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.sign_here import SignHere
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.entry import Entry
from ui.widgets.heads import Head
from ui.widgets.inputs import CheckBox
from ui.widgets.rows import Row, RowList
from ui.widgets.scrolling import Scrolling


class OperatorsScreen(Screen):
    """Who may do what here?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: OperatorsDesk | None = None
        self.view: OperatorsView | None = None
        self.adding = False
        self._acting = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.operators.title"), self.texts.pair("ui.operators.question"))
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.operators.title"))
        self.rows.picked.connect(lambda _: self._show_person())
        box.addWidget(self.rows)
        row.addWidget(left, 4)
        middle, person = card()
        self._name = label("", "title", wrap=True)
        self._state = StateChip(State.IDLE, "")
        self.new_id = Entry(self.texts("ui.operators.id"))
        self.new_name = Entry(self.texts("ui.operators.name"))
        self.pin = Entry(self.texts("ui.operators.first-pin"), secret=True)
        person.addWidget(self._name)
        facts = Scrolling(self.texts("ui.operators.roles"))
        for widget in (self._state, self.new_id, self.new_name):
            facts.column.addWidget(widget)
        facts.column.addWidget(label(self.texts("ui.operators.roles"), "quiet"))
        self.roles = {r: CheckBox(self.texts(f"role.{r}")) for r in Role}
        for check in self.roles.values():
            check.setAccessibleName(check.text())
            facts.column.addWidget(check)
        facts.column.addWidget(self.pin)
        facts.column.addStretch(1)
        person.addWidget(facts, 1)
        row.addWidget(middle, 4)
        right = QVBoxLayout()
        self.banner = Banner()
        right.addWidget(self.banner)
        self.admin = SignHere(self, self._come, self._cancel, Permission.MANAGE_OPERATORS)
        right.addWidget(self.admin)
        right.addStretch(1)
        row.addLayout(right, 3)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show the accounts."""
        super().enter(dossier)
        self.desk = OperatorsDesk(self.station)
        self.adding, self._acting = False, ""
        self.admin.hide()
        self.rows.setFocus()
        self._ask()

    def _ask(self, said: str = "") -> None:
        desk = self.desk
        assert desk is not None, "made at every enter"

        def show(view: OperatorsView) -> None:
            self._show(view)
            if said:
                self.banner.say(State.GOOD, self.texts(said), self.texts.second(said))

        self.ask(desk.view, show)

    def _show(self, view: OperatorsView) -> None:
        self.view = view
        rows = []
        for r in view.rows:
            me = (self.texts("ui.operators.me"),) if r.me else ()
            until = self.texts("ui.operators.locked-until", time=r.until) if r.until else self.texts.of(r.state)
            rows.append(Row(r.name, (" · ".join(self.texts.of(x) for x in r.roles), r.operator, *me), State(r.tone.value), until))
        self.rows.show_rows(rows)
        if view.may_manage:
            self.banner.say(State.EXCEPTION if self._acting else State.GOOD,
                            self.texts("ui.operators.acting", name=self._acting) if self._acting else self.texts("ui.operators.title"))  # fmt: skip
        else:
            self.banner.say(State.IDLE, self.texts("ui.operators.need-admin"), self.texts.second("ui.operators.need-admin"))
        self._show_person()

    def _chosen(self) -> OperatorRow | None:
        index = self.rows.currentRow()
        return self.view.rows[index] if self.view is not None and 0 <= index < len(self.view.rows) else None

    def _show_person(self) -> None:
        row, view = self._chosen(), self.view
        manage = view is not None and view.may_manage
        self.new_id.setVisible(self.adding)
        self.new_name.setVisible(self.adding)
        self.pin.setVisible(manage)
        self._state.setVisible(not self.adding)
        held = {w.code.removeprefix("role.") for w in row.roles} if row is not None and not self.adding else set()
        for role, check in self.roles.items():
            check.setChecked(str(role) in held)
            check.setEnabled(manage and (self.adding or (row is not None and not row.me)))
        self._name.setText(self.texts("ui.operators.add") if self.adding else row.name if row is not None else "")
        if row is not None:
            self._state.set(State(row.tone.value), self.texts.of(row.state))
        self.shell.refresh_actions()

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Let an admin sign here, unlock, reset, close; save roles or make the account."""
        row, view = self._chosen(), self.view
        if self.admin.isVisible():
            return self.admin.offers()
        manage = view is not None and view.may_manage
        if self.adding:
            return [self.act("cancel", "ui.action.cancel", "Esc", self._cancel),
                    self.act("make", "ui.operators.add-save", "F12", self._add, enabled=manage, primary=True, icon="person")]  # fmt: skip
        actions = [self.act("admin", "ui.operators.admin-here", "F8", self.admin.ask_who, enabled=not manage)]
        icons = {"unlock": "lock", "reset": "pen", "close": "diamond", "reopen": "diamond"}
        actions += [self.act(x.id, x.words.code, x.key, partial(self._do, x.id), enabled=x.enabled, icon=icons[x.id])
                    for x in (row.intents if row is not None else ())]  # fmt: skip
        actions.append(self.act("add", "ui.operators.add", "F2", self._begin_add, enabled=manage, icon="person"))
        actions.append(
            self.act(
                "save",
                "ui.operators.save-roles",
                "F12",
                self._save,
                enabled=manage and row is not None and not row.me,
                primary=True,
                icon="disk",
            )
        )
        return actions

    def _come(self, operator: str, secret: str) -> None:
        desk = self.desk
        assert desk is not None, "made at every enter"

        def come(name: str) -> None:
            self._acting = name
            self._cancel()
            self._ask()

        self.ask(lambda: desk.come(operator, secret), come, self.admin.refuse)

    def _cancel(self) -> None:
        self.adding = False
        self.admin.hide()
        self.rows.setFocus()
        self._show_person()

    def _begin_add(self) -> None:
        self.adding = True
        for field in (self.new_id, self.new_name, self.pin):
            field.set_text("")
        self._show_person()
        self.new_id.edit.setFocus()

    def _add(self) -> None:
        desk = self.desk
        assert desk is not None, "made at every enter"
        operator, name, secret, roles = self.new_id.text(), self.new_name.text(), self.pin.text(), self._chosen_roles()

        def made(_: object) -> None:
            self._cancel()
            self._ask("ui.operators.done")

        self.pin.edit.clear()
        self.ask(lambda: desk.add(operator, name, roles, secret), made)

    def _chosen_roles(self) -> list[Role]:
        return [r for r, check in self.roles.items() if check.isChecked()]

    def _save(self) -> None:
        row, desk, roles = self._chosen(), self.desk, self._chosen_roles()
        if row is not None and desk is not None:
            self.ask(lambda: desk.change_roles(row.operator, roles), lambda _: self._ask("ui.operators.done"))

    def _do(self, what: str) -> None:
        row, desk, secret = self._chosen(), self.desk, self.pin.text()
        if row is None or desk is None:
            return
        work: Callable[[], None] = {"unlock": lambda: desk.unlock(row.operator), "reset": lambda: desk.reset(row.operator, secret),
                "close": lambda: desk.close(row.operator, active=False), "reopen": lambda: desk.close(row.operator, active=True)}[what]  # fmt: skip
        if what == "reset" and not secret:
            self.pin.show_fault(self.texts("ui.operators.first-pin"))
            return
        self.pin.edit.clear()
        self.ask(work, lambda _: self._ask("ui.operators.done"))

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
