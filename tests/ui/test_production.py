"""A real station in the window, by keys: its passphrase, its operator, a person without an appointment, known by their number."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.app import Station
from station.keys import PassphraseWrapper, Role
from station.population.synthetic import SyntheticPopulation
from station.production import ProductionCounter
from tests.ui.driver import QT_KEYS, WAIT, WAKE_MS
from tests.ui.guard import ui_work
from ui.main import build_shell, unlock
from ui.qt import QApplication, QEvent, QKeyEvent, QLineEdit, Qt, QTimer
from ui.screens.start import StartScreen
from ui.shell import Shell

PASSPHRASE = "một câu dài để thử"
PEOPLE = SyntheticPopulation(7, 60)


class Person:
    """Whoever sits at the keyboard."""

    def __init__(self, folder: Path) -> None:
        self.shell: Shell = build_shell(language="vi", demo=False)
        self._alarm = QTimer(self.shell)
        self._alarm.start(WAKE_MS)
        self.shell.go("start")
        self.shell.show()
        unlock(self.shell, folder)

    def until(self, seen: Callable[[], object], deadline_s: float = 60.0) -> None:
        end = time.monotonic() + deadline_s
        while not seen():
            assert time.monotonic() < end, f"not seen; {type(self.shell.page).__name__}: {self.shell.trouble.text()!r}"
            with ui_work():
                QApplication.processEvents(WAIT)

    @property
    def page(self) -> str:
        return type(self.shell.page).__name__

    def key(self, name: str) -> None:
        self.until(lambda: not self.shell.jobs.pending)
        until = time.monotonic() + 0.41  # a second F12 within 400 ms is dropped
        self.until(lambda: name != "F12" or time.monotonic() >= until)
        target = self.shell.focusWidget() or self.shell
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, QT_KEYS[name], Qt.KeyboardModifier.NoModifier, ""))

    def type_in(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.setText(text)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(field, QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r"))


@pytest.fixture
def person(qapp: object, tmp_path: Path) -> Iterator[Person]:
    station = Station.open(tmp_path, wrapper=PassphraseWrapper(PASSPHRASE))
    station.operators.add("an", "Nguyễn An", [Role.SECURITY_ADMIN, Role.CLERK], "482915", by=None)
    station.close()
    person = Person(tmp_path)
    yield person
    person.shell.close()


def test_from_the_passphrase_to_a_person_known_by_number(person: Person) -> None:
    shell = person.shell
    start = shell.page
    assert isinstance(start, StartScreen)
    person.until(lambda: start.secret.isVisible() and start.secret.isEnabled())
    assert not start._note.isVisible()  # nothing here is a demo
    person.type_in(start.secret, "a wrong one, long enough")
    person.until(lambda: shell.trouble.isVisible() and start.secret.isEnabled())
    assert start.secret.text() == ""
    person.type_in(start.secret, PASSPHRASE)
    person.until(lambda: person.page == "SignInScreen" and not shell.jobs.pending)
    counter = shell.counter
    assert isinstance(counter, ProductionCounter)
    counter.identity._population = counter.compare._population = PEOPLE  # a register within reach
    sign_in = shell.page
    assert "F6" not in {a.key for a in sign_in.offers()}  # only a demo fills in a PIN
    sign_in.who.setText("an")
    person.type_in(sign_in.pin, "482915")
    person.until(sign_in.fresh.isVisible)  # it was given by another person
    assert counter.station.operator is None
    sign_in.fresh.setText("730164")
    person.type_in(sign_in.again, "730146")
    person.until(lambda: not sign_in.again.text())
    person.type_in(sign_in.again, "730164")
    person.until(lambda: person.page == "HomeScreen" and shell.page.view is not None)
    assert shell.page.view.following == ""
    person.key("F6")  # who goes first by rule is asked; a normal ticket stands first
    person.key("F12")
    person.until(lambda: shell.page.view is not None and shell.page.view.following == "101")
    person.key("F12")
    person.until(lambda: person.page == "LookupScreen" and shell.page.view is not None)
    assert not shell.page.offers()[-1].enabled  # nobody is known yet
    assert shell.focusWidget() is shell.page.scan
    citizen = next(c for c in PEOPLE if c.register is not None and not c.register.status.stops)
    person.type_in(shell.page.scan, citizen.truth["personal_no"])
    person.until(lambda: bool(shell.page.view.rows))
    person.until(lambda: not shell.jobs.pending)
    state = counter.station.book.state(shell.page.dossier)
    assert state.value("full_name") == citizen.register.fields["full_name"]
    person.until(lambda: shell.page.offers()[-1].enabled)
    person.key("F12")
    person.until(lambda: person.page in {"CaptureScreen", "DeclarationScreen"})
    assert not counter.station.operators.accounts()["an"].must_change
