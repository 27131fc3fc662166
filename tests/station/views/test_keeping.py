"""The purge list says of each dossier when it goes, or why it stays; what stays too long is signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from station.journal.guards import DiskState, Level
from station.retention import Entry, Hold, rules
from station.views.alarms import AlarmKind, alarms_of
from station.views.base import Tone
from station.views.keeping import keeping_view, overdue_of

NOW = datetime(2026, 11, 28, 9, 42, tzinfo=UTC)
ROOM = DiskState(10**11, 2000, Level.OK)


def entry(name: str, age: int, *holds: Hold) -> Entry:
    rule = rules()[-1]
    alarm = max((d for d in rule.alarm_days if holds and age >= d), default=0)
    return Entry(name, NOW - timedelta(days=age), rule, age, holds, alarm)


ENTRIES = (
    entry("fresh", 3, Hold.NOT_ACKNOWLEDGED),
    entry("half", 95, Hold.NOT_ACKNOWLEDGED),
    entry("soon", 170),
    entry("gone", 181),
    entry("stuck", 200, Hold.OPEN_DEFECT, Hold.DATE_UNTOLD),
)


def test_what_stays_too_long_stands_first_and_each_says_why() -> None:
    view = keeping_view(ENTRIES, {"stuck": "Nguyễn Thị Mẫu"}, NOW)
    assert [(r.dossier, r.when.code.removeprefix("ui.keep."), r.goes, r.tone) for r in view.rows] == [
        ("stuck", "days-over", False, Tone.BLOCKED),
        ("half", "days-left-held", False, Tone.RETRY),
        ("gone", "goes-now", True, Tone.LIVE),
        ("soon", "days-left", False, Tone.IDLE),
    ]
    assert view.rows[0].when.say() == "Quá hạn xoá 20 ngày, còn giữ"
    assert [w.say() for w in view.rows[0].why] == [
        "Còn lỗi chưa đóng: sửa ở Lỗi dữ liệu (F3)",
        "Chờ trung tâm báo giờ: chưa tin ngày của máy này",
    ]
    assert view.rows[1].why[0].say().startswith("Chưa có biên nhận")
    assert view.main.say() == "2 hồ sơ ở máy quá 90 ngày mà chưa xoá được"
    assert (view.overdue.counts, view.overdue.going, view.tone) == ({90: 1, 150: 1}, 1, Tone.BLOCKED)
    assert "28/11/2026" in view.told.say()


def test_nothing_told_nothing_due_is_said_too() -> None:
    view = keeping_view(ENTRIES[:1], {}, None)
    assert (view.rows, view.main.code, view.told.code, view.tone) == ((), "ui.keep.none", "ui.keep.untold", Tone.GOOD)


def test_the_top_bar_is_for_the_last_alarm() -> None:
    assert alarms_of(None, ROOM, overdue_of(ENTRIES[:2])) == ()
    (alarm,) = alarms_of(None, ROOM, overdue_of(ENTRIES))
    assert (alarm.kind, alarm.words.say()) == (AlarmKind.KEPT, "1 hồ sơ ở máy quá 150 ngày")
