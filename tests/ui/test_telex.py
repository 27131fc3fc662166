"""Vietnamese typing replayed key by key: tools that hook the keyboard (backspaces and letters at machine speed), input methods with a word
in preedit, and a person who rolls over keys. Every letter arrives, in its order, and nothing of it is taken for a scanner."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence

import pytest

from station.bindings import Bindings
from ui.frame.keys import Keys
from ui.qt import QApplication, QEvent, QEventLoop, QInputMethodEvent, QKeyEvent, QLineEdit, QMainWindow, Qt

TELEX = ("N", "Ng", "Ngu", "Nguy", "Nguye", "Nguyê", "Nguyên", "Nguyễn", "Nguyễn ", "Nguyễn T", "Nguyễn Th", "Nguyễn Thi", "Nguyễn Thị",
         "Nguyễn Thị ", "Nguyễn Thị H", "Nguyễn Thị Ho", "Nguyễn Thị Hoa", "Nguyễn Thị Hoà")  # fmt: skip
"""What N g u y e e n x ␣ T h i j ␣ H o a f shows after each key (Unikey, old style of tone marks)."""
VNI = ("D", "Đ", "Đa", "Đai", "Đại", "Đại ", "Đại H", "Đại Hu", "Đại Huo", "Đại Huon", "Đại Huong", "Đại Hương", "Đại Hường")
"""What D 9 a i 5 ␣ H u o n g 7 2 shows: the digits are marks, not fingers."""
PERSON_S = 0.045
"""A quick typist's gap between two keys."""


class Nobody:
    """The window's hands: remembers what they were asked to press."""

    def __init__(self) -> None:
        self.pressed: list[str] = []

    def press(self, key: str) -> bool:
        self.pressed.append(key)
        return False

    def digit(self, number: int) -> bool:
        self.pressed.append(str(number))
        return True


class Desk:
    """A real field in a real window behind the real filter."""

    def __init__(self) -> None:
        self.window, self.field, self.hands = QMainWindow(), QLineEdit(), Nobody()
        self.scans: list[str] = []
        self.window.setCentralWidget(self.field)
        self.keys = Keys(self.window, self.hands, lambda: None, self.scans.append, Bindings)
        self.window.show()
        self.field.setFocus()

    def send(self, code: Qt.Key, text: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.field, QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, text))

    def letters(self, text: str) -> None:
        for letter in text:
            self.send(Qt.Key.Key_unknown if ord(letter) > 127 else Qt.Key(ord(letter.upper())), letter)

    def pause(self, seconds: float = PERSON_S) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, max(1, round(1000 * left)))


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    desk = Desk()
    qapp.installEventFilter(desk.keys)
    yield desk
    qapp.removeEventFilter(desk.keys)
    desk.keys.stop()
    desk.window.close()


def hooked(desk: Desk, shown: Sequence[str]) -> None:
    """Type as a hooking tool does: for each key it takes back what changes and writes it anew, all in the same millisecond."""
    before = ""
    for now in shown:
        same = next(
            (i for i, pair in enumerate(zip(before, now, strict=False)) if pair[0] != pair[1]), min(len(before), len(now))
        )
        for _ in before[same:]:
            desk.send(Qt.Key.Key_Backspace, "\b")
        desk.letters(now[same:])
        before = now
        desk.pause()


@pytest.mark.parametrize("shown", [TELEX, VNI], ids=["telex", "vni"])
def test_a_tool_that_takes_letters_back_and_writes_them_anew(desk: Desk, shown: tuple[str, ...]) -> None:
    hooked(desk, shown)
    assert desk.field.text() == unicodedata.normalize("NFC", shown[-1])
    assert desk.scans == []
    desk.letters("7")  # the tool is switched off: the digit is typed
    desk.pause()
    assert desk.field.text() == shown[-1] + "7"
    assert desk.hands.pressed == [], "a digit in a field is no finger"


def test_the_tools_last_rewrite_followed_at_once_by_enter_is_no_scan(desk: Desk) -> None:
    hooked(desk, TELEX[:7])
    for _ in "ên":
        desk.send(Qt.Key.Key_Backspace, "\b")
    desk.letters("ễn")
    desk.send(Qt.Key.Key_Return, "\r")  # the person rolled over to Enter
    desk.pause()
    assert desk.field.text() == "Nguyễn"
    assert desk.scans == []


def test_five_keys_rolled_over_with_enter_are_typing_and_six_at_a_scanners_speed_are_not(desk: Desk) -> None:
    desk.letters("Hoang")
    desk.send(Qt.Key.Key_Return, "\r")
    desk.pause()
    assert (desk.field.text(), desk.scans) == ("Hoang", [])
    desk.letters("130001")
    desk.send(Qt.Key.Key_Return, "\r")
    desk.pause()
    assert (desk.field.text(), desk.scans) == ("Hoang", ["130001"])


@pytest.mark.parametrize("shown", [TELEX, VNI], ids=["telex", "vni"])
def test_an_input_method_composes_in_preedit_and_commits_word_by_word(desk: Desk, shown: tuple[str, ...]) -> None:
    done = ""
    for now in shown:
        word = now[len(done) :]
        event = QInputMethodEvent("" if word.endswith(" ") else word, [])
        if word.endswith(" "):
            event.setCommitString(word)
            done = now
        QApplication.sendEvent(desk.field, event)
        assert desk.field.text() == done, "what is being composed is not in the field yet"
    last = QInputMethodEvent()
    last.setCommitString(shown[-1][len(done) :])
    QApplication.sendEvent(desk.field, last)
    assert desk.field.text() == shown[-1]
    assert desk.scans == []


def test_a_scan_while_a_word_is_composed_leaves_the_word_alone(desk: Desk) -> None:
    QApplication.sendEvent(desk.field, QInputMethodEvent("Hoà", []))
    desk.letters("130001")
    desk.send(Qt.Key.Key_Return, "\r")
    desk.pause()
    last = QInputMethodEvent()
    last.setCommitString("Hoàng")
    QApplication.sendEvent(desk.field, last)
    assert (desk.field.text(), desk.scans) == ("Hoàng", ["130001"])
