"""What a table paints and an action bar keeps: no widget for each cell or for each moment, and nothing cut or lost by that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.frame.action_bar import ActionBar
from ui.main import application
from ui.qt import QApplication, QColor, Qt, QWidget
from ui.theme.style import Current, advance
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip, Marked, Replaced
from ui.widgets.chip_panel import step_times
from ui.widgets.chips import Banner
from ui.widgets.letters import Letters
from ui.widgets.tables import Table

LONG = "CÔNG TẰNG TÔN NỮ HOÀNG THỊ QUỲNH DƯƠNG PHƯƠNG ANH"


@pytest.fixture
def table() -> Iterator[Table]:
    application()
    made = Table(("Mục", "Chip", "Kết quả"), (110, 150, 150), "so", stretch=(1,))
    made.resize(460, 300)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_cells_are_painted_facts_and_their_rows_hold_every_line(table: Table) -> None:
    cells = (("Họ tên mẹ", True), Marked(LONG, ((4, 5),), State.RETRY), Chip(State.RETRY, "Khác dấu"))
    table.show_rows(["a", "b"], [1, 2], lambda i: cells if i == 0 else ("Ngày", Replaced(LONG, "18/01/1995"), "–"))
    QApplication.processEvents()
    assert [w for w in table.viewport().findChildren(QWidget) if w.isVisible()] == []
    assert table.model().index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == LONG
    assert table.model().index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "Khác dấu"
    wide = table.columnWidth(1)
    assert table.rowHeight(0) >= cells[1].size(wide).height() > 2 * Current.theme.scale.body
    assert table.rowHeight(1) > table.rowHeight(0)  # the old value and the new one under it
    one, both = Marked("cũ mới", (), State.IDLE).size(400), Replaced("cũ", "mới").size(400)
    assert both.height() >= one.height() + Current.theme.scale.body, (
        "the new value stands under the old one, however short they are"
    )


def test_the_marked_word_is_seen_in_the_picture(table: Table) -> None:
    table.show_rows(["a"], [1], lambda i: ("Họ", Marked("NGUYỄN THỊ", ((4, 5),), State.RETRY), "–"))
    QApplication.processEvents()
    picture = table.grab().toImage()
    ground = QColor(Current.theme.palette.states[State.RETRY].ground).rgb()
    seen = [x for y in range(picture.height()) for x in range(picture.width()) if picture.pixel(x, y) == ground]
    word = 110 + 8
    after = word + advance("NGUYỄN", Current.theme.scale.body, 700) + 5
    assert seen, "the word that differs has no ground"
    assert word <= min(seen)
    assert max(seen) < after, "more than the one word is marked"


def test_buttons_stay_while_the_same_is_offered_and_do_what_is_offered_now() -> None:
    application()
    done: list[str] = []
    bar = ActionBar()
    bar.resize(900, 64)
    bar.show()

    def action(name: str, does: str, *, primary: bool = False) -> Action:
        return Action(name, does, "", "F4", lambda: done.append(does), True, primary)

    bar.show_actions([action("again", "first"), action("go", "go", primary=True)])
    again, go = bar.buttons()
    bar.show_actions([action("again", "second"), action("go", "go", primary=True)], "ghi chú")
    assert bar.buttons() == [again, go]  # the focus and a finger on the mouse are not lost to a new button
    again.click()
    assert done == ["second"]
    bar.show_actions([action("find", "find"), action("again", "third"), action("go", "go", primary=True)])
    assert [b.action.name for b in bar.buttons()] == ["find", "again", "go"]
    assert bar.buttons()[0].nextInFocusChain() is bar.buttons()[1]  # Tab goes in the order that is seen
    assert again.isHidden()
    bar.deleteLater()


def test_a_banner_changes_its_state_without_moving_its_words() -> None:
    application()
    banner = Banner()
    banner.resize(600, 90)
    places = set()
    for state in State:
        banner.say(state, "Ấn mạnh hơn", "Press harder")
        banner.layout().activate()
        places.add(banner._main.geometry().getRect())
        ground = QColor(Current.theme.palette.states[state].ground)
        assert QColor(banner.grab().toImage().pixel(580, 45)) == ground
    assert len(places) == 1
    banner.deleteLater()


def test_the_chosen_row_is_seen_whole_whatever_comes_above_it(table: Table) -> None:
    def seen_whole() -> bool:
        QApplication.processEvents()
        QApplication.processEvents()
        seen, place = table.viewport().rect(), table.visualRect(table.model().index(7, 0))
        return seen.top() <= place.top() and place.bottom() <= seen.bottom() + 1

    table.resize(460, 300)
    keys = [str(i) for i in range(12)]
    table.show_rows(keys, keys, lambda i: (f"Mục {i}", "ngắn", "–"))
    table.choose("7")
    assert seen_whole()
    table.resize(460, 160)  # a message stands above the table
    assert seen_whole()
    table.show_rows(keys, [f"{k} cao" for k in keys], lambda i: (f"Mục {i}", LONG if i % 3 else "ngắn", "–"))
    assert seen_whole()


def test_letters_show_the_word_that_differs_whole_in_one_row() -> None:
    application()
    letters = Letters()
    letters.show_text("NGUYỄN THỊ HỒNG HẠNH", ((4, 5),))
    assert letters.shown == "NGUYỄN"
    letters.show_text("LÊ THỊ BA", ((3, 4),))
    assert letters.shown == "THỊ BA"
    letters.show_text("KIỀU THỊ NHÀN", ((11, 12),))
    assert letters.shown == "NHÀN"


def test_the_steps_of_a_card_are_told_by_the_marks_between_them() -> None:
    assert step_times({"access": 400.0, "pace": 900.0, "open": 1300.0, "DG1": 1500.0, "done": 4400.0}) == (
        "0,4 s",
        "0,9 s",
        "3,1 s",
    )
    assert step_times({"done": 900.0}) == ("", "", "0,9 s")
