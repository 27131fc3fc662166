"""What takes long is named after 300 ms, counted after 5 s, and Esc stops what can be stopped: the card that is being read."""

from __future__ import annotations

import threading

from tests.ui.conftest import Day
from ui.frame.waits import Waits


def test_the_quiet_line_names_counts_and_goes(day: Day) -> None:
    shell = day.shell
    shell.set_language("vi")
    day.go("home")
    shell.page.leave()
    day.settled()
    now, stopped = [50.0], list[str]()
    waits = Waits(shell, lambda: now[0])
    first = waits.begin("ui.wait.seal")
    waits.look()
    assert waits.line.isHidden(), "nobody is told of what is quick"
    now[0] += 0.31
    waits.look()
    assert waits.line.text() == "Đang niêm phong…"
    assert waits.line.isVisible()
    assert waits.line.accessibleName() == "Đang niêm phong…"
    assert shell.stack.rect().contains(waits.line.geometry())
    second = waits.begin(lambda: "Đang đọc thẻ", lambda: stopped.append("card"))
    now[0] += 6
    waits.look()
    assert waits.line.text() == "Đang niêm phong… 6 giây", "what cannot be stopped offers no Esc"
    waits.end(first)
    assert waits.line.text() == "Đang đọc thẻ… 6 giây · Esc: dừng"
    assert waits.stop()
    assert stopped == ["card"]
    assert waits.line.isHidden()
    assert not waits.stop()
    waits.end(second)


def test_a_slow_job_of_a_page_is_named_until_its_answer(day: Day) -> None:
    shell = day.shell
    day.go("sending")
    day.settled()
    gate, got = threading.Event(), list[int]()
    shell.page.ask(lambda: gate.wait(30) and 7, got.append, what="ui.wait.seal")
    day.clerk.until(shell.waits.line.isVisible)
    assert shell.waits.line.text().startswith(shell.texts("ui.wait.seal"))
    gate.set()
    day.clerk.until(lambda: got == [7])
    assert shell.waits.line.isHidden()


def test_esc_stops_the_card_and_f4_reads_it_again(day: Day) -> None:
    shell = day.shell
    day.go("home")
    counter, called = day.clerk.counter, list[str]()
    number = counter.queue.waiting()[0].ticket
    table = counter.cards._card_of(number)
    assert table is not None
    chip, gate, stuck = table[0].chip, threading.Event(), threading.Event()
    process, sent = chip.process, list[int]()

    def slow(command: bytes) -> bytes:
        """A card that hangs in the middle of its data."""
        sent.append(len(command))
        if len(sent) == 12:
            stuck.set()
            gate.wait(60)
        return process(command)

    chip.process = slow
    counter.cards._card_of = lambda _: table
    shell.jobs.submit(lambda: counter.call(number, "thử"), called.append, day.clerk.errors.append)
    day.settled()
    shell.go("lookup", called[0])
    page = shell.page
    day.clerk.until(lambda: stuck.is_set() and page.reading and not page._may_go_on())
    day.clerk.until(shell.waits.line.isVisible)
    assert shell.waits.line.text().startswith(shell.texts("ui.wait.card"))
    assert shell.press("Esc")
    gate.set()
    day.clerk.until(lambda: not page.reading)
    assert shell.messages.words == shell.texts("ui.lookup.stopped")
    assert not counter.cards.was_read(called[0])
    day.settled()
    day.key("F4")
    day.clerk.until(lambda: not page.reading and counter.cards.was_read(called[0]))
    assert shell.waits.line.isHidden()
