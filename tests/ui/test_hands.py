"""Hands on keys: scanners, Vietnamese typing, one press one step, lock, menus; nothing of it loses a dossier or a letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from station.bindings import Bindings, key_label, parse_bindings
from station.dossier.numbers import CodeKind, make_code
from tests.ui.driver import Clerk
from ui.qt import QApplication, QEvent, QInputMethodEvent, QKeyEvent, Qt
from ui.screens.declaration import DeclarationScreen
from ui.screens.sign_in import SignInScreen
from ui.theme.style import Current


@pytest.fixture(scope="module")
def clerk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path_factory.mktemp("hands") / "demo")
    yield clerk
    clerk.close()


@pytest.fixture(autouse=True)
def at_home(clerk: Clerk) -> None:
    if clerk.page != "HomeScreen":
        clerk.shell.go("home")
    clerk.until(lambda: clerk.home.view is not None)


def test_a_scanned_ticket_is_found_whatever_has_the_focus_and_leaves_nothing_in_the_field(clerk: Clerk, bound: Bindings) -> None:
    assert clerk.shell.texts.keys == bound
    clerk.key("F2")
    clerk.burst(make_code(CodeKind.TICKET, "000104"))
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.shell.trouble.isVisible())
    assert clerk.home.scan.text() == ""
    assert clerk.home.table.chosen == "104"
    assert "104" in clerk.shell.trouble.text()
    assert f"{key_label(bound.key('next'))} hoặc Enter" in clerk.shell.trouble.text()


def test_slow_typing_reaches_the_field_letter_by_letter(clerk: Clerk) -> None:
    clerk.key("F2")
    clerk.type("104")
    clerk.until(lambda: clerk.home.scan.text() == "104")
    clerk.key("Enter")
    clerk.until(lambda: clerk.home.table.chosen == "104")
    assert clerk.page == "HomeScreen"


def test_out_of_order_needs_a_reason_and_going_away_another(clerk: Clerk) -> None:
    clerk.home.table.setFocus()
    clerk.home.table.choose("105")
    clerk.key("Enter")
    clerk.until(lambda: clerk.home.reason.isVisible())
    clerk.key("Esc")
    assert not clerk.home.reason.isVisible()
    clerk.key("Enter")
    clerk.until(lambda: clerk.home.reason.isVisible())
    clerk.key("2")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen")
    called = [e for e in clerk.counter.station.journal.events("") if e.body.get("ticket") == 105 and e.body.get("out_of_order")]
    assert called
    assert called[0].body["reason"]
    clerk.key("F9")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None)
    clerk.home.table.choose(next(r.key for r in clerk.home.view.rows if r.ticket == "105"))
    clerk.key("Del")
    clerk.until(lambda: clerk.home.reason.isVisible())
    clerk.key("3")
    clerk.key("F12")
    clerk.until(lambda: next(r.place for r in clerk.home.view.rows if r.ticket == "105") == "gone")  # type: ignore[union-attr]


@pytest.fixture(params=["", "next=NumStar pause=PageDown"])
def bound(request: pytest.FixtureRequest, clerk: Clerk) -> Iterator[Bindings]:
    """The standard keys, and others; a key on the number pad even types a letter."""
    keys = parse_bindings(request.param)
    clerk.shell.use_bindings(keys)
    clerk.until(lambda: clerk.home.view is not None and not clerk.shell.jobs.pending)
    yield keys
    clerk.shell.use_bindings(Bindings())


def test_a_word_in_preedit_is_committed_before_a_bound_key_acts(clerk: Clerk, bound: Bindings) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.primary())
    dossier = clerk.lookup.dossier
    clerk.shell.go("declaration", dossier)
    page = clerk.shell.page
    assert isinstance(page, DeclarationScreen)
    clerk.until(lambda: page.view is not None)
    edit = page.fields["occupation"].edit
    edit.setFocus()
    edit.clear()
    QApplication.sendEvent(edit, QInputMethodEvent("Thợ mộc", []))
    assert edit.text() == ""  # still composing
    clerk.shell.keys.commit_composed = lambda: QApplication.sendEvent(
        edit, _committed("Thợ mộc")
    )  # what the platform's input method does
    clerk.press(bound.key("pause"))
    clerk.until(lambda: clerk.page == "HomeScreen")
    assert clerk.counter.station.book.state(dossier).value("occupation") == "Thợ mộc"


def _committed(text: str) -> QInputMethodEvent:
    event = QInputMethodEvent()
    event.setCommitString(text)
    return event


def test_a_second_press_of_next_within_400_ms_and_auto_repeat_are_dropped(clerk: Clerk, bound: Bindings) -> None:
    key, held, text = (
        (Qt.Key.Key_Asterisk, Qt.KeyboardModifier.KeypadModifier, "*")
        if bound.key("next") == "NumStar"
        else (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, "")
    )
    clerk.until(lambda: clerk.primary() and clerk.shell.guard.painted)
    opened = len(clerk.counter.station.book.states())
    for repeat in (False, True, False):
        QApplication.sendEvent(clerk.home.table, QKeyEvent(QEvent.Type.KeyPress, key, held, text, repeat))
    clerk.until(lambda: clerk.page == "LookupScreen")
    clerk.until(lambda: clerk.lookup.view is not None)
    assert clerk.page == "LookupScreen"
    assert len(clerk.counter.station.book.states()) == opened + (bound == Bindings()), "the second time the dossier goes on"


def test_a_key_that_is_held_down_acts_once(clerk: Clerk, bound: Bindings) -> None:
    large = clerk.shell.large
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier, "", repeat)
        QApplication.sendEvent(clerk.home.table, event)
    assert clerk.shell.texts.keys == bound
    assert clerk.shell.large is not large
    clerk.key("F11")


def test_ctrl_plus_and_minus_zoom_and_ctrl_0_goes_back(clerk: Clerk) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    keys = {"+": Qt.Key.Key_Equal, "-": Qt.Key.Key_Minus, "0": Qt.Key.Key_0}

    def zoom(sign: str) -> int:
        QApplication.sendEvent(clerk.home.table, QKeyEvent(QEvent.Type.KeyPress, keys[sign], control, ""))
        return clerk.shell.zoom

    body = Current.theme.scale.body
    assert [zoom("+") for _ in range(4)] == [125, 150, 175, 175]
    assert Current.theme.scale.body == round(1.75 * body)
    assert not clerk.shell.large_mode, "zoom is not the home visit's mode"
    assert [zoom("-"), zoom("0"), zoom("-")] == [150, 100, 100]
    assert Current.theme.scale.body == body


def test_the_idle_lock_keeps_the_dossier_and_only_a_pin_opens_it(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None)
    dossier = clerk.lookup.dossier
    clerk.shell.lock()
    page = clerk.shell.page
    assert isinstance(page, SignInScreen)
    clerk.until(lambda: page.view is not None)
    clerk.shoot("s00-locked")
    page.who.setText("demo")
    page.pin.setText("0000000000")
    clerk.key("F12")
    clerk.until(lambda: page._banner.text().startswith("Sai"))
    clerk.key("F6")
    clerk.until(lambda: bool(page.pin.text()))
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen")
    assert clerk.lookup.dossier == dossier


def test_the_menu_is_never_modal_and_language_changes_while_running(clerk: Clerk) -> None:
    clerk.key("F10")
    assert clerk.shell.menu.isVisible()
    clerk.key("Esc")
    assert not clerk.shell.menu.isVisible()
    clerk.shell.set_language("en")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None)
    assert clerk.shell.page.offers()[-1].text.startswith(("Call", "Go on"))
    clerk.shell.set_language("vi+en")
    clerk.until(lambda: clerk.home.view is not None)
