"""Thirty kits with the same settings: export, compare, apply; in the room, at the desk and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from station.cli import app
from station.cloning import Change, applied, compare_settings, export_settings, read_export
from station.demo import open_demo_station
from station.demo_team import TEAM, demo_pins
from station.desks.settings import OperatorsDesk, SettingsDesk
from station.errors import AccessError, InputError
from station.keys import Role
from station.settings import BY_NAME, DECLARED, Setting, Settings, parse, settings_in
from station.views.settings import fault_words, settings_view, typed


def values_of(setting: Setting) -> st.SearchStrategy[object]:
    if setting.kind is bool:
        return st.booleans()
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.form:
        return st.sampled_from({"hours": ("06:00-18:00", "22:00-24:00"), "spans": ("18:00-06:00", "12:00-13:00, 22:00-05:00"),
                                "url": ("", "https://intake.example", "http://127.0.0.1:8443/x"),
                                "quiet": ("", "21:00-06:00"), "keys": ("", "next=F5 device-check=F12", "pedal=PageDown"),
                                "language": ("vi", "en", "tyz", "hmn-Latn")}[setting.form])  # fmt: skip
    if setting.kind is str:
        return st.text("ab ă:-7", max_size=20)
    low, high = setting.low or 0, setting.high or 100
    return st.integers(int(low), int(high)) if setting.kind is int else st.floats(low, high)


@st.composite
def kits(draw: st.DrawFn) -> Settings:
    names = draw(st.lists(st.sampled_from([s.name for s in DECLARED]), unique=True, max_size=8))
    return Settings({n: BY_NAME[n].check(draw(values_of(BY_NAME[n]))) for n in names})


@given(kits(), kits())
def test_a_cloned_kit_differs_only_in_what_is_its_own_or_the_laws(first: Settings, second: Settings) -> None:
    theirs = read_export(export_settings(first).encode())
    after = applied(second, theirs)
    for setting in DECLARED:
        wanted = second if setting.own or setting.legal else first
        assert after[setting.name] == wanted[setting.name], setting.name
    assert all(r.change is not Change.CHANGES for r in compare_settings(after, theirs))
    assert applied(after, theirs) == after


def test_a_file_with_one_fault_changes_nothing_and_names_every_fault() -> None:
    with pytest.raises(InputError, match=r"(?s)volume.*attempts") as caught:
        read_export(b'"sound.volume" = 700\n"capture.attempts" = 0\n"sending.hours" = "18:00-06:00"\n')
    assert caught.value.reason_code == "settings-faults"
    with pytest.raises(InputError):
        read_export(b"\xff not toml")


def test_typed_values_are_read_as_people_type_and_faults_say_the_limits() -> None:
    hold = BY_NAME["capture.hold_s"]
    assert typed(hold, "0,7") == 0.7
    assert typed(BY_NAME["keep.disk_gigabytes"], "1 000") == 1000
    for text, code in (("700", "ui.settings.only"), ("abc", "ui.settings.no-number")):
        with pytest.raises(InputError) as caught:
            typed(BY_NAME["sound.volume"], text)
        assert fault_words(BY_NAME["sound.volume"], caught.value).code == code
    assert fault_words(BY_NAME["sound.volume"], caught.value).say()


def test_every_declared_setting_is_a_row_with_words_in_both_languages() -> None:
    from station.words import Language, catalogue

    view = settings_view(Settings({}), [])
    rows = [r for _, group in view.groups for r in group]
    assert sorted(r.name for r in rows) == sorted(s.name for s in DECLARED)
    for row in rows:
        for language in Language:
            assert row.help.code in catalogue(), row.name
            assert row.help.say(language)
    assert settings_view(Settings({}), [], "zzz").empty is not None
    assert [r.name for _, g in settings_view(Settings({}), [], "volume of").groups for r in g] == ["sound.volume"]


def test_the_desk_keeps_each_change_in_the_journal_and_a_clerk_from_what_is_not_theirs(tmp_path: Path) -> None:
    station = open_demo_station(tmp_path)
    try:
        desk = SettingsDesk(station)
        assert desk.save({"sound.volume": "30"}) == 1
        with pytest.raises(AccessError):
            desk.save({"capture.attempts": "5"})
        with pytest.raises(InputError):
            desk.save({"sound.volume": "700"})
        assert settings_in(station.files)["sound.volume"] == 30
        row = next(r for _, g in desk.view().groups for r in g if r.name == "sound.volume")
        assert (row.changed_by, row.changed) == ("Hồ Thị Bích Vân", True)
        with pytest.raises(AccessError):
            desk.apply(b'"sending.hours" = "18:00-06:00"\n')
        pins = demo_pins(station)
        assert set(pins) == {m.operator for m in TEAM}
        station.sign_out()
        station.sign_in("ky-thuat", pins["ky-thuat"], desk="room")
        assert (
            desk.apply(b'"sending.hours" = "18:00-06:00"\n"keep.days" = 365\n') == 2
        )  # the volume goes back to the file's default
        assert station.settings["keep.days"] == 180  # the law's, not a file's
        assert parse(desk.export().encode()).faults == ()
    finally:
        station.close()


def test_a_security_admin_manages_accounts_in_place_and_nobody_else(tmp_path: Path) -> None:
    station = open_demo_station(tmp_path)
    try:
        desk = OperatorsDesk(station)
        assert not desk.view().may_manage
        with pytest.raises(AccessError):
            desk.add("moi", "Người Mới", [Role.CLERK], "838182")
        with pytest.raises(AccessError):
            desk.come("truong-ca", demo_pins(station)["truong-ca"])  # a supervisor manages nobody
        assert desk.come("quan-tri", demo_pins(station)["quan-tri"]) == "Đặng Thu Phương"
        desk.add("moi", "Người Mới", [Role.CLERK], "838182")
        desk.change_roles("moi", [Role.CLERK, Role.CAPTURE])
        desk.close("moi", active=False)
        row = next(r for r in desk.view().rows if r.operator == "moi")
        assert row.state.code == "account.closed"
        assert station.operator is not None
        assert station.operator.operator_id == "demo"  # the clerk never stopped being signed in
    finally:
        station.close()


def test_export_compare_apply_on_the_command_line(tmp_path: Path) -> None:
    run = CliRunner()
    first, second, file = tmp_path / "one", tmp_path / "two", tmp_path / "kit.toml"
    secret, pin = tmp_path / "secret", tmp_path / "pin"
    secret.write_text("dò số thường lệ 83")
    pin.write_text("838182")
    for place in (first, second):
        made = run.invoke(app, ["keys", "init", "--data", str(place), "--new-file", str(secret)])
        assert made.exit_code == 0, made.output
        made = run.invoke(app, ["operators", "add", "root", "--name", "Quản trị", "--role", "security-admin", "--role", "supervisor", "--new-pin-file", str(pin),
                                "--data", str(place), "--passphrase-file", str(secret)])  # fmt: skip
        assert made.exit_code == 0, made.output
    (first / "settings.toml").write_text('"sending.hours" = "18:00-06:00"\n"station.kit" = "0500"\n')
    common = ["--passphrase-file", str(secret)]
    assert run.invoke(app, ["settings", "export", str(file), "--data", str(first), *common]).exit_code == 0
    assert "0500" not in file.read_text()
    assert run.invoke(app, ["settings", "compare", str(file), "--data", str(second), *common]).exit_code == 1
    done = run.invoke(
        app, ["settings", "apply", str(file), "--data", str(second), "--as", "root", "--pin-file", str(pin), *common]
    )
    assert done.exit_code == 0, done.output
    made = run.invoke(app, ["operators", "add", "tech", "--name", "Kỹ thuật", "--role", "security-admin", "--new-pin-file", str(pin), "--as", "root",
                            "--pin-file", str(pin), "--data", str(second), *common])  # fmt: skip
    assert made.exit_code == 0, made.output
    given = run.invoke(
        app, ["settings", "apply", str(file), "--data", str(second), "--as", "tech", "--pin-file", str(pin), *common]
    )
    assert getattr(given.exception, "reason_code", "") == "pin-must-change", "a PIN that somebody else gave opens nothing"
    assert run.invoke(app, ["settings", "compare", str(file), "--data", str(second), *common]).exit_code == 0
    file.write_text('"sound.volume" = 700\n')
    assert (
        run.invoke(
            app, ["settings", "apply", str(file), "--data", str(second), "--as", "root", "--pin-file", str(pin), *common]
        ).exit_code
        != 0
    )
