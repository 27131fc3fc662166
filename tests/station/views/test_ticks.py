"""Ticked rows: they outlive a refresh and a filter, the head says what is shown, and what is hidden is counted."""

from __future__ import annotations

from station.views.ticks import Head, Ticks


def test_a_tick_stays_until_its_row_is_gone() -> None:
    ticks = Ticks().toggled("a").toggled("b").toggled("c").toggled("b")
    assert ticks.keys == {"a", "c"}
    assert ticks.kept(["c", "d"]).keys == {"c"}


def test_the_box_in_the_head_means_the_rows_that_are_shown() -> None:
    ticks = Ticks(frozenset({"elsewhere"}))
    assert (ticks.head(["a", "b"]), ticks.hidden(["a", "b"])) == (Head.NONE, 1)
    ticks = ticks.toggled("a")
    assert ticks.head(["a", "b"]) is Head.SOME
    ticks = ticks.all_toggled(["a", "b"])
    assert (ticks.head(["a", "b"]), ticks.keys) == (Head.ALL, {"a", "b", "elsewhere"})
    assert ticks.all_toggled(["a", "b"]).keys == {"elsewhere"}
    assert Ticks().head([]) is Head.NONE
