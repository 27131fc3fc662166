"""S3: the longest legal name stands whole in its field; nobody scrolls inside a field to read a name."""

from __future__ import annotations

from tests.ui.conftest import Day
from ui.qt import QFontMetrics
from ui.screens.declaration import DeclarationScreen


def test_the_longest_name_is_seen_whole_on_the_smallest_window(day: Day) -> None:
    day.shell.resize(1280, 720)
    day.go("declaration", day.scenes.returned)
    page = day.shell.page
    assert isinstance(page, DeclarationScreen)
    edit = page.fields["full_name"].edit
    assert len(edit.text()) > 45, "the scene's longest name"
    room = edit.contentsRect().width() - 24
    assert QFontMetrics(edit.font()).horizontalAdvance(edit.text()) <= room
