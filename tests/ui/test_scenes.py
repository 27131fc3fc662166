"""Every state of the interface rules' table has a scene that `./run screenshots` takes, and every screen stands in it."""

from __future__ import annotations

from ui.shots import GUIDES, SHOTS
from ui.shots_table import COLUMNS, MORE, STATES, UNCHANGED


def test_each_state_of_the_table_is_taken_by_a_scene() -> None:
    taken = [name for name, _ in SHOTS]
    assert len(taken) == len(set(taken))
    wanted = {name for row in STATES.values() for name in row if name} | MORE | GUIDES
    assert wanted <= set(taken), sorted(wanted - set(taken))


def test_a_cell_without_a_picture_says_why() -> None:
    assert list(STATES) == [f"S{n}" for n in range(19)]
    open_cells = {(s, c) for s, row in STATES.items() for c, name in zip(COLUMNS, row, strict=True) if not name}
    assert {s for s, _ in open_cells} == set(UNCHANGED)
    assert all(c == "offline" for s, c in open_cells if s not in {"S14", "S15"})
