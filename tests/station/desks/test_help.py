"""F1 offline: every message has advice, every screen has help, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import biometrics
import devices
import station
from biometrics.errors import BiometricsError
from devices.errors import DeviceError, DeviceUnpluggedError
from station.advice import GENERAL_KEYS, SCREENS, advice_for, advice_names, find, help_for
from station.errors import StationError
from station.words import Language, catalogue


def kinds(kind: type) -> Iterator[type]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def test_every_error_has_advice_that_says_something_in_both_languages() -> None:
    for room in (biometrics, devices, station):
        for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
            if not module.name.endswith("__main__") and "migrations" not in module.name:
                importlib.import_module(module.name)
    codes = {
        k.code
        for base in (BiometricsError, DeviceError, StationError)
        for k in kinds(base)
        if not k.__module__.startswith("tests")
    }
    for code in codes:
        words = advice_for(code)
        assert words.code != "advice.report" or code == "station", code  # the last resort is for the unknown only
        for language in Language:
            assert len(words.say(language)) > 20
    assert {f"advice.{n}" for n in advice_names()} <= set(catalogue())


def test_what_is_unknown_is_told_as_unknown_and_an_error_object_helps() -> None:
    assert advice_for("never-heard-of").code == "advice.report"
    assert advice_for("never-heard-of", DeviceUnpluggedError("x")).code == "advice.silent"
    assert advice_for("E04").code == "advice.other-supervisor"


def test_every_screen_has_help_and_every_general_key_words() -> None:
    for screen in SCREENS:
        text = help_for(screen)
        for language in Language:
            assert text.text.code in catalogue(), screen
            assert len(text.text.say(language)) > 40
            assert text.title.say(language)
    assert [k for k, _ in help_for("home").keys] == list(GENERAL_KEYS)
    assert all(w.code in catalogue() for _, w in help_for("home").keys)


def test_messages_are_found_by_words_and_code_in_either_language() -> None:
    assert any(m.code == "E20" for m, _ in find("rút cáp"))
    assert any(m.code == "E20" for m, _ in find("unplugged"))
    assert [m.code for m, _ in find("E36")] == ["E36"]
    assert find("  ") == ()
    assert find("không có chữ nào như thế này") == ()


def test_sentences_for_people_stay_short() -> None:
    """Plain words: no sentence of the help is longer than 25 words (ui rules, section 14, asks 15 for applicants)."""
    for code, texts in catalogue().items():
        if code.startswith(("advice.", "help.")):
            for sentence in texts["vi"].replace(";", ".").replace(":", ".").split("."):
                assert len(sentence.split()) <= 25, (code, sentence)


def test_a_message_that_is_looked_up_has_no_open_places() -> None:
    said = [message.say() for text in ("cáp", "lưu", "gói") for message, _ in find(text)]
    assert len(said) > 10
    assert [s for s in said if "{" in s] == []
