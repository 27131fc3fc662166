"""The three tones as sound: nothing clips or clicks, desks and signals are told apart, the quiet hours hold."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.speaker import RATE_HZ, Sound
from station.hours import within
from station.tones import DESKS, TONES, desk_number, tone

TIMES = st.times().map(lambda t: t.replace(microsecond=0))


def loudest_hz(sound: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(sound.astype(np.float64), 4 * RATE_HZ))
    return float(spectrum.argmax()) / 4


@given(st.sampled_from(TONES), st.integers(1, DESKS), st.integers(0, 100))
def test_no_tone_clips_or_clicks(name: str, desk: int, volume: int) -> None:
    sound = tone(name, desk=desk, volume=volume)
    assert sound.dtype == np.int16
    assert len(sound) <= 0.4 * RATE_HZ
    wide = sound.astype(np.int32)
    assert abs(wide[0]) <= 1 >= abs(wide[-1])
    assert np.abs(wide).max(initial=0) < 32767
    assert np.abs(np.diff(wide)).max() <= 0.16 * max(1, np.abs(wide).max()) + 2, "a step this high is heard as a click"


@given(st.sampled_from(TONES), st.integers(0, 99))
def test_a_higher_volume_is_louder_and_none_is_silent(name: str, volume: int) -> None:
    quiet, louder = (np.abs(tone(name, volume=v).astype(np.int32)).max() for v in (volume, volume + 1))
    assert quiet <= louder
    assert volume > 0 or quiet == 0


@pytest.mark.parametrize("name", TONES)
def test_each_desk_has_its_own_pitch(name: str) -> None:
    pitches = [loudest_hz(tone(name, desk=desk)) for desk in range(1, DESKS + 1)]
    assert all(b / a == pytest.approx(2 ** (2 / 12), rel=0.02) for a, b in pairwise(pitches))
    assert 250 < pitches[0] < pitches[-1] < 1100


def test_captured_rises_and_blocked_falls() -> None:
    for name, rises in (("captured", True), ("blocked", False)):
        sound = tone(name)
        first, last = sound[: int(0.06 * RATE_HZ)], sound[-int(0.11 * RATE_HZ) :]
        assert (loudest_hz(last) > loudest_hz(first)) is rises


def test_who_sits_at_all_desks_sounds_as_the_first() -> None:
    assert [desk_number(d) for d in ("1", "5", "all", "")] == [1, 5, 1, 1]
    assert np.array_equal(tone("captured", desk=9), tone("captured", desk=1))


@given(TIMES, TIMES, TIMES)
def test_a_span_and_its_turned_span_share_the_day(now: time, begin: time, end: time) -> None:
    inside, outside = within(now, [(begin, end)]), within(now, [(end, begin)])
    assert inside != outside or begin == end
    assert begin != end or inside
    assert not within(now, [])


def test_the_night_goes_over_midnight() -> None:
    night = [(time(22), time(6))]
    assert [within(t, night) for t in (time(21, 59), time(22), time(0), time(5, 59), time(6))] == [False, True, True, True, False]
