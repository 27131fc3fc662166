"""A language of the applicant's screen is one text file: read whole or refused with every fault, missing sentences said in Vietnamese."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from station.cli import app
from station.demo import open_demo_station
from station.desks.settings import SettingsDesk
from station.errors import InputError
from station.files import RealFiles
from station.views.base import Words
from station.words import Language, say
from station.words.languages import MAX_BYTES, MAX_LANGUAGES, applicant_codes, languages_in, read_language, template


def pseudo() -> bytes:
    """A made-up language: every sentence between marks, places kept. No real language is guessed at here."""
    lines = ['name = "Thử"', "[words]"]
    lines += [f'"{code}" = {_quoted("⟦" + say(code) + "⟧")}' for code in applicant_codes()]
    return "\n".join(lines).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def test_a_language_says_its_words_and_vietnamese_where_it_has_none() -> None:
    whole = read_language("tyz", pseudo())
    assert whole.missing == ()
    assert whole.say("s9.right") == f"⟦{say('s9.right')}⟧"
    mending = Words("s9.mending", {"field": "ui.field.phone"})
    assert mending.say_by(whole.say) == "⟦" + say("s9.mending", field=f"⟦{say('ui.field.phone')}⟧") + "⟧"
    part = read_language("tyz", b'name = "T"\n[words]\n"s9.right" = "x"\n')
    assert part.say("s9.wrong") == say("s9.wrong", Language.VI)
    assert len(part.missing) == len(applicant_codes()) - 1


@pytest.mark.parametrize(("code", "text", "said"), [
    ("vi", 'name = "x"\n[words]\n', "vi"), ("../x", 'name = "x"\n[words]\n', "../x"), ("tyz", "[words]\n", "name"), ("tyz", "name", "TOML"),
    ("tyz", 'name = "x"\n[words]\n"no.such" = "y"\n', "no.such"), ("tyz", 'name = "x"\n[words]\n"s9.right" = ""\n', "s9.right"),
    ("tyz", 'name = "x"\n[words]\n"ui.applicant.left" = "không có chỗ"\n', "ui.applicant.left"),
    ("tyz", 'name = "x"\n[words]\n"ui.applicant.left" = "{count.__class__}"\n', "ui.applicant.left"),
    ("tyz", 'name = "x"\n[words]\n"ui.applicant.left" = "{count!r}"\n', "ui.applicant.left"),
    ("tyz", 'name = "x"\n[words]\n"s9.right" = "a{"\n', "s9.right"), ("tyz", 'name = "x"\nwords = 3\n', "[words]"),
    ("tyz", 'name = "x"\n[words]\n' + "".join(f'"no.{n}" = "y"\n' for n in range(25)), "no.19: no such code; and 5 more"),
])  # fmt: skip
def test_a_faulty_file_is_refused_by_name(code: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_language(code, text.encode())
    assert caught.value.reason_code == "language-format"
    assert said in str(caught.value)


def test_a_file_and_a_folder_are_read_up_to_their_bounds_and_the_rest_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than"):
        read_language("tyz", pseudo() + b"#" * MAX_BYTES)
    (tmp_path / "languages").mkdir()
    for n in range(MAX_LANGUAGES + 2):
        (tmp_path / "languages" / f"q{chr(97 + n // 26)}{chr(97 + n % 26)}.toml").write_text('name = "x"\n[words]\n', "utf-8")
    found, faults = languages_in(open_files(tmp_path))
    assert len(found) == MAX_LANGUAGES
    assert len(faults) == 1
    assert str(faults[0]).startswith("2 files were not read")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_language_or_one_error(data: bytes) -> None:
    refused = ""
    try:
        read_language("tyz", data)
    except InputError as error:
        refused = error.reason_code
    assert refused in {"", "language-format"}


def test_dropping_a_file_is_all_it_takes(tmp_path: Path) -> None:
    station = open_demo_station(tmp_path / "s")
    try:
        desk = SettingsDesk(station)
        folder = tmp_path / "s" / "languages"
        folder.mkdir()
        (folder / "tyz.toml").write_bytes(pseudo())
        (folder / "hmn.toml").write_text("name = 1", "utf-8")
        (folder / "notes.txt").write_text("not a language", "utf-8")
        (folder / "tiếng Tày.toml").write_bytes(pseudo())
        view = desk.view()
        row = next(r for _, g in view.groups for r in g if r.name == "applicant.language")
        assert row.choices == ("vi", "en", "tyz")
        assert row.names == {"tyz": "Thử"}
        assert row.editor == "choice"
        assert len(view.faults) == 2
        assert "hmn.toml" in view.faults[0].say()
        assert "tiếng Tày.toml" in view.faults[1].say(), "a name that the folder does not read is not named"
        assert list(station.languages) == ["tyz"]
        station.close()
        station = open_demo_station(tmp_path / "s")
        assert list(station.languages) == ["tyz"], "a station that starts with the file there does not know it"
        desk = SettingsDesk(station)
        (folder / "tyz.toml").unlink()
        station.settings = station.settings.replaced("applicant.language", "tyz")
        row = next(r for _, g in desk.view().groups for r in g if r.name == "applicant.language")
        assert row.choices[-1] == "tyz"  # set, and its file is gone: still shown as what is set
    finally:
        station.close()


def test_the_template_is_filled_in_and_checked_by_command(tmp_path: Path) -> None:
    run = CliRunner().invoke
    written = run(app, ["languages", "template"]).output
    assert written.strip() == template().strip()
    assert all(f'"{code}" = ""' in written for code in applicant_codes())
    file = tmp_path / "tyz.toml"
    file.write_text(written, "utf-8")
    empty = run(app, ["languages", "check", str(file)])
    assert empty.exit_code == 1
    begun = written.replace('name = ""', 'name = "Thử"').replace('# "s9.right" = ""', '"s9.right" = "x"')
    file.write_text(begun, "utf-8")
    assert f"1 of {len(applicant_codes())} sentences" in run(app, ["languages", "check", str(file)]).output
    elsewhere = tmp_path / "tyz.txt"
    elsewhere.write_text(begun, "utf-8")
    assert run(app, ["languages", "check", str(elsewhere)]).exit_code == 1, "the station would never find it"
    file.write_bytes(pseudo())
    good = run(app, ["languages", "check", str(file)])
    assert good.exit_code == 0, good.output
    assert f"{len(applicant_codes())} of {len(applicant_codes())}" in good.output
    assert run(app, ["languages", "list", "--data", str(tmp_path / "s")]).exit_code == 1
    assert not (tmp_path / "s").exists(), "a mistyped folder was made"
    place = tmp_path / "s" / "languages"
    place.mkdir(parents=True)
    assert "No language beside vi and en" in run(app, ["languages", "list", "--data", str(tmp_path / "s")]).output
    (place / "tyz.toml").write_bytes(pseudo())
    assert "Thử" in run(app, ["languages", "list", "--data", str(tmp_path / "s")]).output
    (place / "x.toml").write_text("", "utf-8")
    listed = run(app, ["languages", "list", "--data", str(tmp_path / "s")])
    assert listed.exit_code == 1
    found, faults = languages_in(open_files(tmp_path / "s"))
    assert (list(found), len(faults)) == (["tyz"], 1)


def open_files(folder: Path) -> RealFiles:
    """The folder as the station reads it."""
    return RealFiles(folder)
