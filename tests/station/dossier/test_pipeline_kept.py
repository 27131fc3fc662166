"""The queue goes on from what it heard before; it is the same as one that reads the whole day anew, and it does not read it anew."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from station.dossier.pipeline import Pipeline
from station.errors import ProcedureError

from .builders import make_book

MOVES = st.lists(st.sampled_from(["issue", "elder", "call", "turn", "back", "close", "night"]), max_size=25)


@given(MOVES)
@settings(max_examples=60, deadline=None)
def test_what_was_heard_in_parts_is_what_is_read_at_once(moves: list[str]) -> None:
    book = make_book()
    queue = Pipeline(book)
    for move in moves:
        called = [t.number for t in queue.tickets() if t.called_at is not None and not t.dossier]
        with suppress(ProcedureError):
            if move in {"issue", "elder"}:
                queue.issue("elder" if move == "elder" else "normal")
            elif move == "call":
                queue.call()
            elif move == "turn":
                queue.call(max((t.number for t in queue.tickets()), default=101), "phụ nữ mang thai")
            elif move == "night":
                book.clock.advance(timedelta(days=1).total_seconds())
            elif called:
                queue.back(called[0], "gọi nhầm") if move == "back" else queue.close(called[0], "d-1")
        assert queue.tickets() == Pipeline(book).tickets()


def test_the_day_is_read_once() -> None:
    book = make_book()
    queue = Pipeline(book)
    queue.issue()
    read = book.journal.events
    again: list[str] = []

    def counted(dossier: str) -> object:
        again.append(dossier)
        return read(dossier)

    book.journal.events = counted  # the real one still reads; the calls are counted
    for _ in range(5):
        queue.issue()
        queue.call()
    assert again == []
