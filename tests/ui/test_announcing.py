"""What a screen reader is told of the live instruction: politely, the newest, at most every 2 s; and by which names it finds things."""

from __future__ import annotations

from itertools import pairwise

from tests.ui.conftest import Day
from ui.qt import QAccessible, QAccessibleAnnouncementEvent, QApplication, QWidget
from ui.theme.tokens import State
from ui.widgets.announcing import PAUSE_S, Announcer
from ui.widgets.live_parts import Instruction


def test_the_instruction_is_announced_politely_and_at_most_every_two_seconds(qapp: QApplication) -> None:
    panel = QWidget()
    panel.show()
    now = [100.0]
    told: list[tuple[float, str, object, object]] = []

    def tell(event: QAccessibleAnnouncementEvent) -> None:
        told.append((now[0], event.message(), event.politeness(), event.object()))

    announcer = Announcer(panel, tell, lambda: now[0])
    for tenth in range(60):  # six seconds of an instruction that changes ten times a second
        now[0] = 100 + tenth / 10
        announcer.say(f"Ấn mạnh hơn {tenth}")
        announcer.due()
    assert [text for _, text, _, _ in told] == ["Ấn mạnh hơn 0", "Ấn mạnh hơn 20", "Ấn mạnh hơn 40"]
    assert all(b - a >= PAUSE_S for (a, *_), (b, *_) in pairwise(told))
    assert {politeness for *_, politeness, _ in told} == {QAccessible.AnnouncementPoliteness.Polite}
    assert all(widget is panel for *_, widget in told)
    now[0] += 5
    announcer.say("Giữ yên")
    announcer.say("Giữ yên")
    assert len(told) == 4, "the same words are news once"
    now[0] += 5
    panel.hide()
    announcer.say("Nhấc tay ra")
    assert len(told) == 4, "of what nobody sees nothing is told"
    panel.deleteLater()


def test_a_screen_reader_finds_the_instruction_and_the_message(day: Day, qapp: QApplication) -> None:
    panel = Instruction()
    panel.say(State.RETRY, "Cần chỉnh", "Ấn mạnh hơn")
    found = QAccessible.queryAccessibleInterface(panel)
    assert found is not None
    assert found.text(QAccessible.Text.Name) == "Cần chỉnh. Ấn mạnh hơn"
    panel.deleteLater()
    shell, told = day.shell, list[str]()
    shell.messages.banner.announcer = Announcer(shell.messages.banner, lambda event: told.append(event.message()))
    shell.say(State.RETRY, "Đặt thẻ lại", "Put the card down again")
    assert told == ["Đặt thẻ lại. Put the card down again"]
    read = QAccessible.queryAccessibleInterface(shell.messages.banner)
    assert read is not None
    assert read.text(QAccessible.Text.Name) == "Đặt thẻ lại"
