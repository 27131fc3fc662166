"""Whatever is refused, a person reads it in their own language, with what to do next; the small code is one of the table of ui rules, section 7."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from biometrics.errors import BiometricsError, FormatError
from devices.errors import DeviceBusyError, DeviceError, DeviceTimeoutError, DeviceUnpluggedError
from station.advice import UNKNOWN, advice_for, next_key, reason_words, screen_code
from station.errors import InputError, ProcedureError, StationError, StorageError, TransferError
from station.keys.operators import SignInError
from station.settings import parse
from station.views.settings import settings_view
from station.words import Language, catalogue

ROOT = Path(__file__).resolve().parents[2]
TABLE = [f"E{n:02d}" for n in (1, 2, 3, 4, *range(10, 16), *range(20, 29), *range(30, 38), *range(40, 47))]
"""Every code of ui rules, section 7."""
COMMAND_LINE = ("station/commands", "station/intake", "station/quality", "station/enrollment_file.py", "station/headless.py")
"""Raised before a terminal only: the command line prints the error's own sentence."""
REASON = re.compile(r"[A-Za-z][a-z0-9]*(-[a-z0-9]+)*")


def reasons() -> dict[str, str]:
    """Every reason that a room the window uses gives an error on the spot, and where."""
    found = {}
    for room in ("station", "devices"):
        for file in (ROOT / room).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            if name.startswith(COMMAND_LINE):
                continue
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                kind = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
                for given in call.keywords if isinstance(call, ast.Call) and kind.endswith("Error") else ():
                    if given.arg == "code" and isinstance(given.value, ast.Constant) and REASON.fullmatch(str(given.value.value)):
                        found[str(given.value.value)] = name
    return found


def test_every_code_of_the_table_has_words_in_both_languages_and_a_next_step() -> None:
    known = catalogue()
    assert [c for c in TABLE if c not in known] == []
    assert [c for c in TABLE if advice_for(c).code == "advice.report"] == []
    for code in TABLE:
        assert known[code]["vi"] != known[code]["en"]
        assert advice_for(code).code in known


def test_every_reason_that_a_person_may_meet_has_words_and_a_next_step() -> None:
    known = catalogue()
    missing = {code: where for code, where in reasons().items() if code not in known}
    assert missing == {}
    assert len(reasons()) > 300


@pytest.mark.parametrize(
    "error",
    [SignInError("Wrong account or PIN."), StorageError("Qzz", code="nobody-wrote-words-for-this"), FormatError("Qzz", code="record-view"),
     DeviceTimeoutError("The scanner is silent."), ProcedureError("Nobody waits here.", code="queue-empty"), KeyError("Qzz"), OSError("Qzz"),
     StationError("Qzz"), DeviceError("Qzz"), BiometricsError("Qzz")],
)  # fmt: skip
def test_an_error_is_said_in_words_of_the_catalogue_never_by_its_own_sentence(error: Exception) -> None:
    words = reason_words(error)
    assert words.code in catalogue()
    vietnamese = words.say(Language.VI)
    assert str(error) not in vietnamese
    assert vietnamese != words.say(Language.EN)
    assert "{" not in vietnamese
    assert advice_for(getattr(error, "reason_code", ""), error).code in catalogue()


def test_places_in_words_are_filled_or_the_class_is_said() -> None:
    assert reason_words(StorageError("x", code="ui.signin.wrong", left=2)).say() == "Sai mã PIN, còn 2 lần"
    assert reason_words(StorageError("x", code="ui.signin.wrong")).code == "storage"
    assert reason_words(RuntimeError("x")).code == UNKNOWN


def test_a_reason_has_the_small_code_of_its_row() -> None:
    assert screen_code("intake-busy") == "E43"
    assert screen_code("package-too-large") == "E45"
    assert screen_code("ticket-not-waiting") == "E30"
    assert screen_code("device-unplugged", "simulated:scanner") == "E20"
    assert screen_code("device-unplugged", "simulated:camera") == "E28"
    assert screen_code("E32") == "E32"
    assert screen_code("no-such-reason") == "no-such-reason"
    known = set(TABLE)
    from station.advice import _table

    assert set(_table("codes").values()) | set(_table("camera").values()) <= known


def test_the_next_step_has_its_key() -> None:
    busy = DeviceBusyError("x", device_id="scanner")
    assert next_key(advice_for(busy.reason_code, busy).code) == "F5"
    assert next_key(advice_for("E44").code) == "F3"
    assert next_key(advice_for("E04").code) == "F8"
    gone = DeviceUnpluggedError("x")
    assert next_key(advice_for(gone.reason_code, gone).code) == "F5"
    late = TransferError("x", code="intake-busy")
    assert next_key(advice_for(late.reason_code, late).code) == "", "the station tries again by itself"


def test_faults_of_the_settings_file_are_said_in_vietnamese() -> None:
    settings = parse(b'"lock.idle_minutes" = 999\n"no.such" = 1\n"screen.theme" = "pink"\n')
    said = [f.say() for f in settings_view(settings, ()).faults]
    assert len(said) == 3
    assert all("default" not in s and "ignored" not in s for s in said)
    assert any("no.such" in s and "bỏ qua" in s for s in said)
    with pytest.raises(InputError):
        parse(b"\xff")
