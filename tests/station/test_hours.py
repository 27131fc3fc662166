"""Hours as settings write them: read whole or refused in one sentence, at the field, in the file and in a clone."""

from __future__ import annotations

import json
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from station.cli import app
from station.cloning import read_export
from station.errors import InputError
from station.hours import read_spans
from station.settings import BY_NAME, Settings, parse
from station.views.settings import fault_words, settings_view, typed

TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=5))
def test_what_is_written_is_read_back(spans: list[tuple[time, time]]) -> None:
    assert read_spans(", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in spans)) == tuple(spans)


def test_midnight_is_24_00() -> None:
    assert read_spans("18:00-24:00") == ((time(18), time(0)),)


@given(st.text(max_size=250))
def test_anything_else_is_one_error_of_ours(text: str) -> None:
    refused: InputError | None = None
    try:
        assert read_spans(text)
    except InputError as error:
        refused = error
    assert refused is None or refused.reason_code == "setting-hours"


@pytest.mark.parametrize(("name", "bad"), [
    ("day.hours", "sáng tới tối"), ("day.hours", "07:00"), ("day.hours", "07:00-12:00, 13:00-17:00"), ("day.hours", ""),
    ("day.hours", "07:00Z-22:00Z"), ("applicant.language", "Tiếng Tày"),
    ("sending.hours", "đêm"), ("sending.hours", "22:00-05:00,"), ("sending.intake_url", "intake"), ("population.url", "ftp://x"),
    ("sending.intake_url", "https://"),
])  # fmt: skip
def test_a_bad_text_is_refused_wherever_it_comes_from_and_explained_at_its_field(name: str, bad: str) -> None:
    setting = BY_NAME[name]
    with pytest.raises(InputError) as caught:
        typed(setting, bad)
    words = fault_words(setting, caught.value)
    assert words.code == f"ui.settings.form.{setting.form}"
    assert words.say() != words.code
    held = parse(f'"{name}" = "{bad}"\n'.encode())
    assert held[name] == setting.default
    assert len(held.faults) == 1
    assert name in str(held.faults[0])
    with pytest.raises(InputError):
        read_export(f'"{name}" = "{bad}"\n'.encode())


def test_the_command_says_how_each_text_is_written() -> None:
    shown = CliRunner().invoke(app, ["settings", "show", "--json", "--english"]).output
    limits = {row["name"]: row["limits"] for row in map(json.loads, shown.splitlines())}
    for name, form in (("day.hours", "07:00-22:00"), ("population.url", "https://"), ("applicant.language", "vi, en")):
        assert form in limits[name]


def test_the_row_says_how_the_text_is_written_before_anybody_types() -> None:
    rows = {r.name: r for _, group in settings_view(Settings({}), []).groups for r in group}
    assert rows["day.hours"].limits is not None
    assert "07:00-22:00" in rows["day.hours"].limits.say()
    assert rows["station.unit"].limits is None
