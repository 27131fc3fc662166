"""S11: what is said of packages follows from their states alone; nothing is called done that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from station.desks.sending import Carried, Retried
from station.queue import UploaderStatus
from station.queue.model import Entry, HistoryLine, State
from station.views.base import Tone
from station.views.sending import Facts, history_view, sending_view, waiting

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
    assert (first.next.say(), first.tries) == ("Đứt ở 1,8 MB, sẽ gửi tiếp 1,2 MB còn lại", 3)


@pytest.mark.parametrize(
    ("status", "moving"),
    [(None, False), (UploaderStatus(), False), (UploaderStatus(sending="p2"), False), (UploaderStatus(sending="p1", error="E40"), False),
     (UploaderStatus(sending="p1"), True)],
)  # fmt: skip
def test_a_package_is_called_under_way_only_while_its_bytes_go_out(status: UploaderStatus | None, moving: bool) -> None:
    (row,) = view_of(entry(1, State.SEALED, confirmed=1_830_000), status=status).rows
    assert (row.moving, row.percent) == (moving, 61)
    assert row.next.say() == ("Đã tới 1,8 MB, còn 1,2 MB" if moving else "Đứt ở 1,8 MB, sẽ gửi tiếp 1,2 MB còn lại")


def test_only_what_waits_can_be_carried_or_sent() -> None:
    rows = view_of(*(entry(n, s) for n, s in enumerate(State, 1))).rows
    assert waiting(rows) == 2
    assert waiting(rows, {"p2", "p4", "p5"}) == 1


def test_of_several_packages_each_line_says_whose_it_is() -> None:
    lines = [HistoryLine(1, 1, "p1", "1159359326112000001", NOW, "sealed")]
    assert [r.whose for r in history_view(lines)] == [""]
    assert [r.whose for r in history_view(lines, named=True)] == ["593593-261120-0000-1"]


def test_what_became_of_the_ticked_packages_is_said_with_their_number() -> None:
    assert Retried(0, 0).words() is None
    assert [Retried(3, n).words().say() for n in (3, 2, 0)] == [
        "3 gói đã đánh dấu được gửi trước các gói khác",
        "2 trong 3 gói đã đánh dấu được gửi trước. Các gói kia đã xong hoặc cần người xử lý",
        "3 gói đã đánh dấu không cần gửi: đã xong, hoặc cần người xử lý",
    ]
    assert Retried(0, 0, joined=False).words().code == "ui.queue.no-centre"
    assert Carried(2, 5_000_000, 0, 0, "", chosen=3).words().say().startswith("Đã chép 2 trong 3 gói đã đánh dấu (5,0 MB)")


def test_the_history_says_what_happened_in_words_newest_first() -> None:
    lines = [HistoryLine(1, 1, "p1", "d", NOW, "sealed"), HistoryLine(2, 1, "p1", "d", NOW, "failed", {"code": "E40"}),
             HistoryLine(3, 1, "p1", "d", NOW, "exported", {"stick": "x"})]  # fmt: skip
    assert [r.what.code for r in history_view(lines)] == [
        "ui.queue.did.exported",
        "ui.queue.did.failed-why",
        "ui.queue.did.sealed",
    ]
