"""Nothing is cut, everything has a name, text stands out: measured on every screen in both languages, at every scale."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from station.demo_scenes import Scenes
from tests.ui.conftest import Day
from tests.ui.tour import SIZES, live_tour, look, stops, tour
from ui.theme.tokens import DARK, LIGHT, Palette, State, contrast

ROOT = Path(__file__).resolve().parents[2]
DEMO_TAG = "#FFD79A"
"""The one colour outside the tokens: the DEMO mark on the bar."""


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_every_ground_it_is_drawn_on(palette: Palette) -> None:
    p = palette
    pairs = {(ink, ground) for ink in (p.text, p.text2) for ground in (p.bg, p.surface, p.surface2, p.accent_soft)}
    pairs |= {(ink, pair.ground) for ink in (p.text, p.text2) for pair in p.states.values()}  # banners, chips, the pin panel
    pairs |= {(pair.colour, ground) for pair in p.states.values() for ground in (pair.ground, p.surface, p.bg, p.accent_soft)}
    pairs |= {(p.states[State.BLOCKED].colour, p.states[State.EXCEPTION].ground)}  # a wrong PIN in the panel
    pairs |= {(p.on_accent, p.accent), (p.accent, p.surface), (p.accent, p.accent_soft), (p.accent, p.bg), (p.surface, p.text2)}
    pairs |= {(ink, p.bar) for ink in (p.on_bar, p.on_bar2, DEMO_TAG)}
    pairs |= {(LIGHT.text2, p.mat)}  # words on the picture's mat
    weak = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5}
    assert weak == {}
    outlines = [(p.control, p.surface), (p.control, p.bg), (p.accent, p.surface)]
    assert all(contrast(*pair) >= 3.0 for pair in outlines)


def test_contrast_is_the_wcag_formula() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_no_colour_is_written_down_outside_the_tokens() -> None:
    found = {}
    for file in (ROOT / "ui").rglob("*.py"):
        if file.name not in {"tokens.py", "top_bar.py", "signature.py"}:  # a bar dark in both themes; ink on paper
            colours = set(re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text("utf-8"))) - {DEMO_TAG}
            if colours:
                found[str(file.relative_to(ROOT))] = colours
    assert found == {}


def told(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{place}\n    " + "\n    ".join(sorted(set(found))[:12]) for place, found in faults.items())


def test_no_word_is_cut_and_no_control_nameless_on_any_screen(day: Day) -> None:
    faults = tour(day)
    assert faults == {}, told(faults)


def test_no_word_is_cut_where_a_picture_was_live(qapp: object, tmp_path: Path, filled: tuple[Path, Scenes]) -> None:
    day = Day(tmp_path / "fresh", filled[1])
    try:
        faults = live_tour(day)
        assert faults == {}, told(faults)
    finally:
        day.close()


@pytest.mark.parametrize("zoom", [175, pytest.param(125, marks=pytest.mark.all), pytest.param(150, marks=pytest.mark.all)])
def test_no_word_is_cut_when_zoomed(day: Day, zoom: int) -> None:
    """Lists scroll, the action bar stays (ui rules, section 14)."""
    day.shell.set_zoom(zoom)
    faults: dict[str, list[str]] = {}
    for name, dossier in stops(day):
        day.go(name, dossier)
        faults |= look(day, name, SIZES[:1], (False,))
    assert faults == {}, told(faults)


@pytest.mark.all
def test_no_word_is_cut_when_zoomed_where_a_picture_was_live(qapp: object, tmp_path: Path, filled: tuple[Path, Scenes]) -> None:
    day = Day(tmp_path / "fresh", filled[1])
    try:
        day.shell.set_zoom(175)
        faults = live_tour(day, SIZES[:1], (False,))
        assert faults == {}, told(faults)
    finally:
        day.close()


@pytest.mark.parametrize("language", ["en", pytest.param("vi", marks=pytest.mark.all)])  # vi+en shows the same first lines
def test_no_word_is_cut_after_the_language_was_switched_while_running(day: Day, language: str) -> None:
    day.shell.set_language(language)
    faults = tour(day, sizes=((1280, 720),), begin_large=True)
    assert faults == {}, told(faults)


@pytest.mark.parametrize("scale", ["1.5", pytest.param("1.25", marks=pytest.mark.all)])
def test_no_word_is_cut_at_fractional_scaling(scale: str, filled: tuple[Path, Scenes], tmp_path: Path) -> None:
    folder = tmp_path / "day"
    shutil.copytree(filled[0], folder)
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-m", "tests.ui.tour", str(folder), "vi+en"], cwd=ROOT, env=environment, capture_output=True, text=True,
                          timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    faults = json.loads(done.stdout.strip().splitlines()[-1])
    assert faults == {}, told(faults)
