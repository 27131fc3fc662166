"""S0: who is at this desk? Badge scan or name, PIN, desk. The same page locks the screen; the dossier behind it stays where it is."""

from __future__ import annotations

from station.desk.shift import ShiftView
from station.views.today import DeviceRow
from ui.qt import QGridLayout, QHBoxLayout, QLayout, QLineEdit, Qt, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.chips import Banner, StateIcon, card, label
from ui.widgets.inputs import DropDown
from ui.widgets.pictures import Picture

DOTS = 3
"""Devices in a row."""


class SignInScreen(Screen):
    """Who is at this desk?"""

    framed = False

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: ShiftView | None = None
        outer = QHBoxLayout(self)
        outer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame, box = card()
        frame.setMinimumWidth(520)
        frame.setMaximumWidth(900)  # large type needs more
        self._frame = frame
        box.setContentsMargins(28, 22, 28, 22)
        head = QHBoxLayout()
        head.addWidget(Picture("lock", 28, "accent"))
        self._title = label("", "title", wrap=True)
        head.addWidget(self._title, 1)
        self._dots = QHBoxLayout()
        head.addLayout(self._dots)
        box.addLayout(head)
        self._banner = Banner(small=True)
        box.addWidget(self._banner)
        self.who, self.pin, self.desk = QLineEdit(), QLineEdit(), DropDown()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.who.setPlaceholderText(self.texts("ui.signin.badge"))
        for code, widget in (("ui.signin.who", self.who), ("ui.signin.pin", self.pin), ("ui.signin.desk", self.desk)):
            box.addWidget(label(self.texts(code), "caption"))
            widget.setAccessibleName(self.texts(code))
            widget.setMinimumHeight(42)
            box.addWidget(widget)
        self.fresh, self.again = QLineEdit(), QLineEdit()
        for code, widget in (("ui.signin.new-pin", self.fresh), ("ui.signin.new-pin-again", self.again)):
            widget.setEchoMode(QLineEdit.EchoMode.Password)
            widget.setPlaceholderText(self.texts(code))
            widget.setAccessibleName(self.texts(code))
            widget.setMinimumHeight(42)
            widget.hide()
            box.addWidget(widget)
        self.fresh.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._sign_in)
        for number in ("all", "1", "2", "3", "4", "5"):
            self.desk.addItem(
                self.texts("ui.desk.all") if number == "all" else f"{number} · {self.texts(f'ui.desk.{number}')}", number
            )
        self.who.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._enter_last)
        self._facts = QVBoxLayout()
        box.addLayout(self._facts)
        self._rows: tuple[DeviceRow, ...] = ()
        self._devices = QGridLayout()
        box.addLayout(self._devices)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        box.addLayout(self._buttons)
        outer.addWidget(frame, 0, Qt.AlignmentFlag.AlignCenter)

    def enter(self, dossier: str = "") -> None:
        """Ask who it is; a locked desk names the person who opens it."""
        super().enter(dossier)
        self.pin.clear()
        self._ask_own_pin(shown=False)
        counter = self.counter
        self.ask(counter.shift.view, self._show)
        self.ask(counter.beside.rows, self._show_devices)

    def restyle(self) -> None:
        """Larger type needs a wider card."""
        self._frame.setMinimumWidth(round(520 * Current.theme.growth))
        self._show_devices(self._rows)
        self._show_or_hide_facts()

    def _show(self, view: ShiftView) -> None:
        self.view = view
        texts = self.texts
        self._title.setText(texts("ui.signin.locked" if view.operator else "ui.signin.title"))
        if view.operator:
            self._banner.say(State.IDLE, texts("ui.signin.kept", name=view.name), texts.second("ui.signin.kept", name=view.name))
            self.who.setText(view.operator)
        else:
            self._banner.say(State.IDLE, texts("ui.signin.nobody"), texts.second("ui.signin.nobody"))
        self.desk.setCurrentIndex(max(0, self.desk.findData(view.desk)))
        self._show_facts(view)
        self._draw_buttons()
        (self.pin if self.who.text() else self.who).setFocus()

    def _show_facts(self, view: ShiftView) -> None:
        while self._facts.count():
            taken = self._facts.takeAt(0)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.deleteLater()
        clock = [self.texts("ui.signin.clock", time=view.time), self.texts.of(view.clock.words)]
        if view.clock.stops:
            clock.append(self.texts.of(view.clock.note))
        facts = (
            (State(view.clock.tone.value), ". ".join(clock)),
            (State.GOOD if view.disk_ok else State.RETRY, self.texts("ui.signin.disk", count=view.dossiers_left)),
        )
        for state, words in facts:
            holder = QWidget()
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(StateIcon(state, 16))
            line.addWidget(label(words, "caption", wrap=True), 1)
            self._facts.addWidget(holder)

    def _show_devices(self, rows: tuple[DeviceRow, ...]) -> None:
        """A dot for each device of this desk: what is not ready is known before the first person sits down. In large type the dots alone."""
        self._rows = rows
        places: tuple[QLayout, ...] = (self._devices, self._dots)
        for shown in places:
            while shown.count():
                taken = shown.takeAt(0)
                widget = taken.widget() if taken is not None else None
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
        for place, row in enumerate(rows):
            said = f"{self.texts(f'ui.device.{row.what}')}: {self.texts.of(row.note)}"
            holder = QWidget()
            holder.setAccessibleName(said)
            holder.setToolTip(said)
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(StateIcon(State(row.tone.value), 16))
            if self.shell.large:
                self._dots.addWidget(holder)
                continue
            line.addWidget(label(self.texts(f"ui.device.{row.what}"), "caption"), 1)
            self._devices.addWidget(holder, place // DOTS, place % DOTS)

    def _draw_buttons(self) -> None:
        while self._buttons.count() > 1:
            taken = self._buttons.takeAt(1)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.deleteLater()
        for action in self.offers():
            self._buttons.addWidget(ActionButton(action))

    def scanned(self, text: str) -> bool:
        """A badge names the person; the PIN is still theirs."""
        counter = self.counter

        def known(operator: str) -> None:
            if operator:
                self.who.setText(operator)
                self.pin.setFocus()
            else:
                self._banner.say(State.RETRY, self.texts("ui.signin.no-badge"), self.texts.second("ui.signin.no-badge"))

        self.ask(lambda: counter.shift.badge(text), known)
        return True

    def offers(self) -> list[Action]:
        """Start or go on; in the demo the PIN can be filled in (a demo protects nobody's data)."""
        actions = []
        if self.shell.demo:
            actions.append(self.act("demo", "ui.action.demo-pin", "F6", self._demo_pin, icon="finger"))
        code = "ui.action.unlock" if self.view is not None and self.view.operator else "ui.action.start-shift"
        actions.append(self.act("in", code, "F12", self._sign_in, primary=True, icon="next"))
        return actions

    def _demo_pin(self) -> None:
        counter = self.counter
        self.ask(counter.shift.demo_pin, self._filled)

    def _filled(self, found: tuple[str, str]) -> None:
        self.who.setText(found[0])
        self.pin.setText(found[1])
        self.pin.setFocus()

    def _enter_last(self) -> None:
        self._sign_in()

    def _sign_in(self) -> None:
        counter, who, pin, desk = self.counter, self.who.text().strip(), self.pin.text(), str(self.desk.currentData())
        new = self.fresh.text()
        if self.fresh.isVisible() and (not new or new != self.again.text()):
            self._banner.say(State.RETRY, self.texts("ui.signin.pins-differ"), self.texts.second("ui.signin.pins-differ"))
            self.again.clear()
            self.fresh.setFocus()
            return
        self.pin.clear()
        self._banner.say(State.LIVE, self.texts("ui.signin.checking"), self.texts.second("ui.signin.checking"))

        def signed_in(view: ShiftView) -> None:
            self.shell.signed_in(view, self.dossier)

        def refused(error: BaseException) -> None:
            if getattr(error, "reason_code", "") in {"pin-must-change", "weak-secret"}:
                self.pin.setText(pin)  # it was right: only the own one is missing
                self._ask_own_pin(shown=True)
                words = "pin-must-change" if getattr(error, "reason_code", "") == "pin-must-change" else "ui.signin.weak"
                self._banner.say(State.RETRY, self.texts(words), self.texts.second(words))
            else:
                self._refused(error)

        self.ask(lambda: counter.shift.sign_in(who, pin, desk, new), signed_in, refused)

    def _ask_own_pin(self, *, shown: bool) -> None:
        """Show or hide the two fields of a new PIN."""
        for widget in (self.fresh, self.again):
            widget.clear()
            widget.setVisible(shown)
        self._show_or_hide_facts()
        if shown:
            self.fresh.setFocus()

    def _show_or_hide_facts(self) -> None:
        """Clock and disk stood there before; in large type the words of a new PIN need the room."""
        asked = not self.fresh.isHidden()
        for place in range(self._facts.count()):
            if (item := self._facts.itemAt(place)) is not None and (fact := item.widget()) is not None:
                fact.setHidden(asked and self.shell.large)

    def _refused(self, error: BaseException) -> None:
        left = getattr(error, "details", {}).get("left") if hasattr(error, "details") else None
        if left is not None:
            self._banner.say(
                State.BLOCKED, self.texts("ui.signin.wrong", left=left), self.texts.second("ui.signin.wrong", left=left)
            )
        else:
            self._banner.say(State.BLOCKED, self.texts.why(error), self.texts.second_why(error))
        self.pin.setFocus()
