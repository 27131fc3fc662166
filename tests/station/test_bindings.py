"""Which key does what: no change leaves an action without a key or a key with two; forbidden keys are explained; who changed it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from station.app import Station
from station.bindings import (
    ACTIONS,
    BY_CODE,
    CHOOSABLE,
    MAX_TEXT,
    OPTIONAL,
    SETTING,
    Bindings,
    key_label,
    key_named,
    parse_bindings,
)
from station.cli import app
from station.cloning import applied, export_settings, read_export
from station.demo import open_demo_station
from station.demo_team import demo_pins
from station.desks.key_change import KeyChange
from station.desks.settings import SettingsDesk
from station.errors import AccessError, InputError
from station.settings import Settings, parse, settings_in
from station.views.base import Tone
from station.views.settings import settings_view
from station.words import Language, catalogue, say

CODES = [a.code for a in ACTIONS]
KEYS = [
    *CHOOSABLE,
    "Del",
    "",
    "A",
    "7",
    "Esc",
    "Tab",
    "Enter",
    "Space",
    "Alt+Z",
    "Ctrl+Shift+F5",
    "Num+Enter",
    "Print",
    "Alt+F4",
    "Up",
    "Ễ",
]
STEPS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from(CODES), st.sampled_from(KEYS)), st.tuples(st.just("swap"), st.sampled_from(CODES), st.sampled_from(CODES)),
    st.tuples(st.just("reset"), st.sampled_from([*CODES, ""]), st.just("")), st.tuples(st.just("press"), st.sampled_from(CODES), st.sampled_from(KEYS)),
)  # fmt: skip


def holds(bindings: Bindings) -> None:
    """Every action has a key, no key two actions, no key that may not be chosen, and the text says it all."""
    keys = {code: bindings.key(code) for code in CODES}
    assert [code for code, key in keys.items() if not key and code not in OPTIONAL] == []
    used = [key for key in keys.values() if key]
    assert len(used) == len(set(used))
    assert all(key in CHOOSABLE or key == BY_CODE[code].default for code, key in keys.items())
    assert parse_bindings(bindings.to_text()) == bindings
    settings = Settings({}).replaced(SETTING, bindings.to_text())
    assert parse(settings.to_toml().encode()).bindings == bindings
    assert applied(Settings({}), read_export(export_settings(settings).encode())).bindings == bindings
    assert {bindings.standard(key) for key in used} == {a.default for a in ACTIONS if a.default}
    for action in ACTIONS:
        if action.default:
            assert bindings.standard(bindings.bound(action.default)) == action.default


@given(st.lists(STEPS, max_size=25))
def test_no_way_of_changing_keys_breaks_them(steps: list[tuple[str, str, str]]) -> None:
    bindings, change, refused = Bindings(), KeyChange(Bindings(), {}), set()
    for kind, first, second in steps:
        try:
            if kind == "set":
                bindings = bindings.with_key(first, second)
            elif kind == "swap":
                bindings = bindings.swapped(first, second)
            elif kind == "reset":
                bindings = bindings.reset(first)
        except InputError as error:
            refused.add(error.reason_code)
        if kind == "press":
            change.ask(first)
            change.pressed(second)
        elif kind == "reset":
            change.reset(first)
        else:
            change.swap()
        said = change.view().said
        assert said is None or "{" not in said.say() + said.say(Language.EN)
        holds(bindings)
        holds(change.pending)
    assert refused <= set(catalogue())


@given(st.text(max_size=60) | st.lists(st.sampled_from([f"{c}={k}" for c in CODES for k in KEYS]), max_size=6).map(" ".join))
def test_a_text_is_read_whole_or_refused(text: str) -> None:
    with suppress(InputError):
        holds(parse_bindings(text))


def test_a_file_with_one_key_for_two_is_a_fault_and_the_standard_holds() -> None:
    settings = parse(b'"screen.keys" = "next=F5"\n')
    assert settings.bindings == Bindings()
    assert len(settings.faults) == 1
    assert "F5" in str(settings.faults[0])
    (fault,) = settings_view(settings, []).faults
    assert fault.say() == "F5 đang là phím của: Việc tiếp theo. Đổi chỗ hai phím, hoặc chọn phím khác."
    with pytest.raises(InputError):
        read_export(b'"screen.keys" = "help=F2"\n')
    with pytest.raises(InputError) as refused:
        parse_bindings("next=F5 " * (MAX_TEXT // 8 + 1))
    assert refused.value.reason_code == "binding-format"


@pytest.mark.parametrize(("key", "code"), [
    ("A", "binding-types"), ("7", "binding-types"), ("Shift+*", "binding-types"), ("Ễ", "binding-types"), ("Esc", "binding-fixed"),
    ("Num+Enter", "binding-fixed"), ("Ctrl+Tab", "binding-fixed"), ("Tab", "binding-moves"), ("Shift+Tab", "binding-moves"),
    ("Enter", "binding-moves"), ("Space", "binding-moves"), ("Del", "binding-moves"), ("Left", "binding-moves"),
    ("Ctrl+Shift+F5", "binding-typing-tool"), ("Alt+Z", "binding-typing-tool"), ("Ctrl+Space", "binding-typing-tool"),
    ("Alt+F4", "binding-system"), ("Ctrl+Alt+F1", "binding-system"), ("Print", "binding-system"), ("Meta+F1", "binding-system"),
    ("Launch (5)", "binding-unknown"), ("Shift+Home", "binding-unknown"), ("", "binding-needed"), ("F5", "binding-taken"),
])  # fmt: skip
def test_a_key_that_cannot_be_chosen_is_refused_with_its_reason(key: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        Bindings().with_key("next", key)
    assert refused.value.reason_code == code
    change = KeyChange(Bindings(), {})
    change.ask("next")
    change.pressed(key)
    view = change.view()
    if key != "Esc":  # it keeps the old one
        assert view.said is not None
        assert view.said.code == code
        assert view.tone is Tone.RETRY
    assert view.swap is (code == "binding-taken")
    assert change.pending == Bindings()


def test_sentences_name_the_key_that_is_bound() -> None:
    keys = parse_bindings("next=PageDown device-check=F12 back=NumPlus help=F5 pedal=F1")
    assert keys.told("Bấm F12. Shift+F12: lùi; F1, F5 (F2)") == "Bấm PageDown. Num +: lùi; F5, F12 (F2)"
    assert keys.told("F1–F12, Ctrl+F5, F1-F12, AF5, F50") == "F1–F12, Ctrl+F5, F1-F12, AF5, F50", (
        "a range names the keyboard's own keys"
    )
    assert keys.standard("F1") == "F12", "the pedal is the next thing too"
    everything = Bindings({a.code: f"Ctrl+F{n}" for n, a in enumerate(ACTIONS, 1) if a.default and n <= 12})
    for code, texts in catalogue().items():
        for text in texts.values():
            left = re.findall(r"(?<![\w+–-])F\d+\b(?![–-])", everything.told(text))
            assert set(left) <= {"F10", "F11"}, code  # bound beyond twelve: the loop above left them
    assert key_named(" pgdn ") == "PageDown"
    assert key_label("NumPlus") == "Num +"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path)
    yield station
    station.close()


def test_a_swap_is_one_change_in_the_name_of_who_made_it(station: Station) -> None:
    desk = SettingsDesk(station)
    change = desk.key_change()
    change.ask("next")
    change.pressed("F5")
    assert change.view().swap
    change.swap()
    assert (change.pending.key("next"), change.pending.key("device-check")) == ("F5", "F12")
    with pytest.raises(AccessError):
        desk.save({SETTING: change.pending.to_text()})
    desk.come("ky-thuat", demo_pins(station)["ky-thuat"])
    assert desk.save({SETTING: change.pending.to_text()}) == 1
    rows = {r.action: r for r in desk.key_change().view().rows}
    assert rows["next"].changed_by == rows["device-check"].changed_by == "Vương Đình Khải"
    assert rows["next"].changed_at
    assert rows["help"].changed_by == ""
    assert [r.name for _, found in desk.view("chụp lại").groups for r in found] == [SETTING], "found by what a key does"
    back = desk.key_change()
    back.reset("next")
    assert back.view().swap, "its standard key is another's now: a swap is offered"
    back.swap()
    assert back.pending == Bindings()
    kept = desk.key_change(back.pending.to_text())
    assert kept.differs


def test_the_command_changes_the_same_keys_by_the_same_rules(tmp_path: Path) -> None:
    station = open_demo_station(tmp_path)
    pin = demo_pins(station)["ky-thuat"]
    station.close()
    (tmp_path / "pin").write_text(pin)
    where = ["--data", str(tmp_path)]
    who = ["--as", "ky-thuat", "--pin-file", str(tmp_path / "pin")]

    def run(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, ["bindings", *words])
        return answer.exit_code, answer.output + str(answer.exception or "")

    assert run("swap", "next", "device-check", *where)[0] == 1, "not without the right"
    assert run("swap", "next", "device-check", *where, *who) == (
        0,
        "Changed: next F5, device-check F12. An open window takes it at its next start.\n",
    )
    code, told = run("set", "help", "f5", *where, *who)
    assert code == 1
    assert "F5 is the key of next" in told
    assert run("set", "pedal", "pgdn", *where, *who)[0] == 0
    code, told = run("list", *where, "--json", "--english")
    assert (
        '"action": "next", "key": "F5", "default": "F12", "changed": true, "does": "The next thing", "changed_by": "Vương Đình Khải"'
        in told
    )
    assert run("reset", *where, *who)[0] == 0
    assert "Nothing changed" in run("reset", *where, *who)[1]
    from station.files import RealFiles

    assert settings_in(RealFiles(tmp_path)).bindings == Bindings()
    assert "PageDown" in run("choices")[1].split()
    assert say("group.bindings") == "Phím"
