"""A scanner that types is told apart from a person by speed; nothing a person types is ever lost, changed or reordered."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from devices.document_readers.wedge import GAP_S, HOLD_S, MAX_CHARACTERS, TERMINATORS, MrzLines, WedgeFilter
from devices.holder import HolderSource
from devices.mrz import compose_vietnamese
from devices.scanned import understand


def type_in(text: str, gap_s: float, start_s: float = 0.0) -> tuple[str, list[str]]:
    """Feed `text` with even gaps, then let time pass; return what was replayed and what was scanned."""
    wedge: WedgeFilter[str] = WedgeFilter()
    replayed, scans = "", []
    at = start_s
    for character in text:
        for answer in (wedge.tick(at), wedge.feed(character, character, at)):
            replayed += "".join(answer.replay)
            scans += [answer.scan] if answer.scan is not None else []
        at += gap_s
    replayed += "".join(wedge.tick(at + 1).replay)
    return replayed, scans


def test_six_quick_characters_and_an_end_are_a_scan_and_leave_nothing() -> None:
    for end in ("\r", "\n", "\t", "\r\n"):
        assert type_in("099158" + end, 0.004) == ("", ["099158"])
        assert type_in("099158" + end, 0.030) == ("", ["099158"])


def test_five_characters_slow_ones_and_a_burst_without_end_are_text() -> None:
    assert type_in("09915\r", 0.004) == ("09915\r", [])
    assert type_in("099158\r", 0.031) == ("099158\r", [])
    assert type_in("Nguyễn Thị Bích", 0.004) == ("Nguyễn Thị Bích", [])


def test_a_late_end_key_does_not_make_a_scan() -> None:
    wedge: WedgeFilter[str] = WedgeFilter()
    for n, c in enumerate("123456"):
        assert wedge.feed(c, c, n * 0.01).replay == ()
    answer = wedge.feed("\r", "\r", 0.05 + 0.0301)
    assert ("".join(answer.replay), answer.scan) == ("123456\r", None)


def test_held_keys_come_back_after_35_ms_and_not_before() -> None:
    wedge: WedgeFilter[str] = WedgeFilter()
    wedge.feed("a", "a", 1.0)
    assert wedge.due_s == 1.0 + HOLD_S
    assert wedge.tick(1.0 + HOLD_S - 0.001).replay == ()
    assert wedge.tick(1.0 + HOLD_S).replay == ("a",)
    assert wedge.due_s is None


def test_the_second_end_key_of_a_scanner_is_swallowed_but_a_persons_enter_is_not() -> None:
    wedge: WedgeFilter[str] = WedgeFilter()
    for n, c in enumerate("123456\r"):
        wedge.feed(c, c, n * 0.005)
    assert wedge.feed("\n", "\n", 0.035).replay == ()
    assert wedge.feed("\r", "\r", 0.2).replay == ("\r",)


def test_shift_of_a_scanner_belongs_to_the_burst_and_an_arrow_ends_it() -> None:
    wedge: WedgeFilter[str] = WedgeFilter()
    assert wedge.feed_modifier("shift", 0.0).replay == ("shift",)
    for n, c in enumerate("IDVNM<"):
        wedge.feed_modifier("shift", n * 0.01)
        wedge.feed(c, c, n * 0.01)
    assert wedge.feed("\r", "\r", 0.06).scan == "IDVNM<"
    wedge.feed("x", "x", 1.0)
    assert wedge.feed_other("left", 1.001).replay == ("x", "left")


def test_endless_typing_is_given_back() -> None:
    replayed, scans = type_in("7" * (MAX_CHARACTERS + 10), 0.001)
    assert (len(replayed), scans) == (MAX_CHARACTERS + 10, [])


KEYS = st.lists(st.tuples(st.sampled_from("abc1<\r\n\t"), st.floats(0, 0.06)), max_size=60)


@given(KEYS)
def test_nothing_is_lost_doubled_or_reordered(keys: list[tuple[str, float]]) -> None:
    wedge: WedgeFilter[int] = WedgeFilter()
    times = list(accumulate(gap for _, gap in keys))
    out: list[int] = []
    scanned: set[int] = set()
    for number, ((character, _), at) in enumerate(zip(keys, times, strict=True)):
        held = number - len(out) - len(scanned)
        for answer in (wedge.tick(at), wedge.feed(character, number, at)):
            out += answer.replay
            if answer.scan is not None:
                assert len(answer.scan) >= 6
                first = number - len(answer.scan)
                gaps = [b - a for a, b in zip(times[first:number], times[first + 1 : number + 1], strict=True)]
                assert max(gaps) <= GAP_S + 1e-12
                assert answer.scan == "".join(k for k, _ in keys[first:number])
                scanned |= set(range(first, number + 1))
        assert held >= 0
    out += wedge.flush().replay
    rest = [n for n in range(len(keys)) if n not in scanned and n not in set(out)]
    assert out == sorted(out)
    assert all(keys[n][0] in TERMINATORS and n > 0 for n in rest), "only second end keys vanish"
    assert not set(out) & scanned


def test_a_swipe_reader_in_keyboard_mode_gives_one_zone() -> None:
    lines = compose_vietnamese("099158004217", "580312", "M", "330312", surname="HO", given="VAN AN")
    joiner = MrzLines()
    got: list[str] = []
    for n, line in enumerate(lines):
        got += joiner.feed(line, n * 0.15)
    assert len(got) == 1
    assert understand(got[0]).source is HolderSource.MRZ
    assert joiner.feed("099158004217", 5.0) == ("099158004217",)


def test_a_line_without_its_next_is_given_out_by_itself() -> None:
    joiner = MrzLines()
    line = "A" * 30
    assert joiner.feed(line, 0.0) == ()
    assert joiner.tick(0.2) == ()
    assert joiner.tick(0.25) == (line,)
    assert joiner.feed(line, 1.0) == ()
    assert joiner.feed("B" * 44, 1.1) == (line,)
    assert joiner.feed("short", 1.2) == ("B" * 44, "short")
