"""What is said of the clock: from the guard's findings, and nothing when nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from station.journal.guards import ClockState
from station.views.base import Tone
from station.views.clock import clock_view
from station.words import Language

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


def state(reason: str = "", minutes: float = 0, *, overridden: bool = False) -> ClockState:
    return ClockState(NOW, "system", reason, timedelta(minutes=minutes), overridden)


def test_the_words_of_a_clock() -> None:
    unknown = clock_view(state(), None)
    assert (unknown.tone, unknown.stops) == (Tone.IDLE, False)
    assert unknown.words.say() == "Giờ máy chưa đối chiếu với trung tâm"
    assert clock_view(state(), NOW - timedelta(days=2), 1.0) == unknown, "what was told two days ago says nothing of now"
    good = clock_view(state(), NOW - timedelta(hours=1), -3.4)
    assert good.tone is Tone.GOOD
    assert good.words.say(Language.EN) == "Clock agrees with the centre, 3 s off (at 09:00)"
    wrong = clock_view(state("skew", 7.5), NOW, 450.0)
    assert wrong.stops
    assert wrong.words.say() == "Giờ máy lệch 7 phút, chỉnh giờ trước khi thu"
    assert clock_view(state("gap", 60 * 24 * 401), None).words.say(Language.EN) == "Clock is 401 days off, set it before capture"
    allowed = clock_view(state("backwards", 7, overridden=True), None)
    assert (allowed.stops, allowed.tone) == (False, Tone.EXCEPTION)
    for reason in ("backwards", "before-program", "skew", "gap"):
        assert clock_view(state(reason, 9), None).note.say() != f"clock.why.{reason}"
