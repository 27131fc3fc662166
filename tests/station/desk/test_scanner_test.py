"""The scanner's test: what arrives is judged; the bars are Code 128."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.desk.scanner_test import DIGITS, LETTERS, Arrived, code_page, code_picture, judge_scan
from station.dossier.numbers import CodeKind, read_code
from station.words import catalogue


@pytest.mark.parametrize(
    ("text", "arrived"),
    [(DIGITS, Arrived.GOOD), (LETTERS + "\r", Arrived.GOOD), ("âđôư12e6", Arrived.TELEX), ("aaddoow1ẻ2", Arrived.TELEX), (LETTERS.upper(), Arrived.CAPITALS),
     ("&çà&é\"'(-è_çà"[:1] * len(DIGITS), Arrived.LAYOUT), (DIGITS[:-1], Arrived.OTHER), ("", Arrived.OTHER), ("187", Arrived.OTHER)],
)  # fmt: skip
def test_what_arrives_is_told_apart(text: str, arrived: Arrived) -> None:
    found = judge_scan(text)
    assert found.arrived is arrived
    assert found.words.code in catalogue()
    assert found.next_step.code in catalogue()
    assert (found.next_step.code == "scanner-test.ready") == (arrived is Arrived.GOOD)


@given(st.text(max_size=200))
def test_any_text_has_an_answer_that_can_be_shown(text: str) -> None:
    found = judge_scan(text)
    assert len(found.text) <= 40
    assert found.text.isprintable()


def runs(row: np.ndarray) -> list[tuple[int, int]]:
    """(value, modules) of each bar and space."""
    edges = [0, *(np.flatnonzero(np.diff(row)) + 1), len(row)]
    return [(int(row[a]), (b - a) // 3) for a, b in pairwise(edges)]


@pytest.mark.parametrize("text", [DIGITS, LETTERS])
def test_the_bars_are_code_128(text: str) -> None:
    picture = code_picture(text)
    assert set(np.unique(picture)) == {0, 255}
    elements = runs(picture[0])
    assert elements[0] == (255, 10), "quiet zone"
    assert elements[-1] == (255, 10)
    widths = [w for _, w in elements[1:-1]]
    assert widths[-7:] == [2, 3, 3, 1, 1, 1, 2], "stop pattern"
    symbols = [widths[i : i + 6] for i in range(0, len(widths) - 7, 6)]
    assert {sum(s) for s in symbols} == {11}, "each symbol has eleven modules"
    assert all((s[0] + s[2] + s[4]) % 2 == 0 for s in symbols), "an even number of them black"
    assert symbols[0] in ([2, 1, 1, 2, 3, 2], [2, 1, 1, 2, 1, 4]), "start C for digits, start B for letters"
    assert read_code(DIGITS)[0] is CodeKind.TEST


def test_the_page_has_both_codes() -> None:
    page = code_page()
    assert page.dtype == np.uint8
    dark = np.flatnonzero((page == 0).any(axis=1))
    assert np.count_nonzero(np.diff(dark) > 1) == 1
