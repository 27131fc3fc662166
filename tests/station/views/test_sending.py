"""S11: what is said of packages follows from their states alone; nothing is called done that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from station.queue import UploaderStatus
from station.queue.model import Entry, HistoryLine, State
from station.views.base import Tone
from station.views.sending import Facts, history_view, sending_view

NOW = datetime(2026, 11, 28, 9, 42, tzinfo=UTC)


def entry(number: int, state: State, *, dossier: str = "", confirmed: int = 0, reasons: tuple[str, ...] = ()) -> Entry:
    return Entry(number, dossier or f"1159359326112{number:06d}", f"p{number}", "m", "s", 3_000_000, state, NOW - timedelta(hours=3, minutes=22),
                 None, confirmed, "", reasons, "abcdef0123" if state is State.ACKNOWLEDGED else "", "")  # fmt: skip


def view_of(*entries: Entry, saved: int = 0, status: UploaderStatus | None = None):
    counts = {s: sum(e.state is s for e in entries) for s in State}
    return sending_view(list(reversed(entries)), counts, {}, saved, status, Facts(tries={"p1": 3}), NOW)


def test_a_refused_package_is_never_covered_by_all_acknowledged() -> None:
    view = view_of(entry(1, State.ACKNOWLEDGED), entry(2, State.REFUSED, reasons=("hometown",)))
    assert (view.tone, view.main.code, view.refused) == (Tone.BLOCKED, "ui.queue.refused-open", 1)
    assert view.rows[0].next.say() == "Quê quán: chuyển Lỗi dữ liệu"


def test_a_refused_package_with_a_later_one_of_its_dossier_asks_for_nothing_more() -> None:
    view = view_of(entry(1, State.REFUSED, dossier="a" * 19), entry(2, State.ACKNOWLEDGED, dossier="a" * 19))
    assert (view.tone, view.main.code) == (Tone.GOOD, "ui.queue.all")
    assert [(r.open, r.next.code) for r in view.rows] == [(False, "ui.queue.receipt"), (False, "ui.queue.replaced")]


def test_what_is_only_saved_is_not_called_acknowledged() -> None:
    assert view_of(entry(1, State.ACKNOWLEDGED), saved=2).main.code == "ui.queue.all-sealed"


def test_a_line_that_is_down_says_since_when_and_when_again() -> None:
    status = UploaderStatus(running=True, error="E40", last_success=NOW - timedelta(hours=2), next_try_s=30)
    view = view_of(entry(1, State.SEALED, confirmed=1_830_000), entry(2, State.SEALED), entry(3, State.SENT), status=status)
    assert (view.tone, view.main.code) == (Tone.RETRY, "ui.queue.unsent-since")
    assert [n.code for n in view.note] == ["E40", "ui.queue.next-try"]
    sent, second, first = view.rows
    assert sent.next.say() == "Chờ biên nhận 3 giờ 22 phút"
    assert second.next.say() == "Chờ gửi, thứ 2"
    assert (first.next.say(), first.tries) == ("Sẽ gửi tiếp 1,2 MB còn lại", 3)


def test_the_history_says_what_happened_in_words_newest_first() -> None:
    lines = [HistoryLine(1, 1, "p1", "d", NOW, "sealed"), HistoryLine(2, 1, "p1", "d", NOW, "failed", {"code": "E40"}),
             HistoryLine(3, 1, "p1", "d", NOW, "exported", {"stick": "x"})]  # fmt: skip
    assert [r.what.code for r in history_view(lines)] == [
        "ui.queue.did.exported",
        "ui.queue.did.failed-why",
        "ui.queue.did.sealed",
    ]
