"""Settings, declared once: name, type, default, limits, help. The command line, the window and the docs are built from this.

Values live in one small TOML file of the station's folder. A bad value never stops the station: it is told with its reason, the
default holds, and all faults of the file are gathered and shown together. Secrets are not settings.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from station.bindings import Bindings, parse_bindings
from station.errors import InputError
from station.files import Files
from station.hours import read_spans
from station.words import Language, say

MAX_FILE_BYTES: Final = 100_000
SETTINGS_FILE: Final = "settings.toml"
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
WEB_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+(/\S*)?")

Value = str | int | float | bool


class SettingLog(Protocol):
    """Where changes are noted: the journal."""

    def append(self, kind: str, body: Mapping[str, Any], *, dossier: str, operator: str, desk: str) -> object:
        """Write one event."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting. `low`/`high` bound numbers, `choices` bound words, `form` says how a text is
    written (``hours``: one span of a day, ``spans``: several, ``quiet``: several or nothing, ``url``: a web address or nothing,
    ``language``: a language's code, ``keys``: which key does what); `legal` ones are shown but not changed by hand, `own`
    ones belong to this one kit and are never cloned."""

    name: str
    group: str
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    form: str = ""
    legal: bool = False
    own: bool = False

    @property
    def kind(self) -> type:
        """Python type of the value."""
        return type(self.default)

    def help(self, language: Language = Language.VI) -> str:
        """Return the help text from the catalogue (code ``setting.<name>``)."""
        return say(f"setting.{self.name}", language)

    def check(self, value: object) -> Value:
        """Return `value` as this setting's type.

        Raises:
            InputError: wrong type, outside the limits, not one of the choices, not of its form.
        """
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not self.kind:
            raise InputError(f"{self.name}: {value!r} is not a {self.kind.__name__}; the default {self.default!r} holds. Correct it.",
                             code="setting-type", name=self.name)  # fmt: skip
        if isinstance(value, int | float) and not isinstance(value, bool):
            too_low, too_high = self.low is not None and value < self.low, self.high is not None and value > self.high
            if too_low or too_high:
                raise InputError(f"{self.name}: only {self.low:g} to {self.high:g}, not {value:g}; the default {self.default!r} holds.",
                                 code="setting-range", name=self.name, low=self.low, high=self.high)  # fmt: skip
        if self.choices and value not in self.choices:
            raise InputError(f"{self.name}: one of {', '.join(self.choices)}; the default {self.default!r} holds.",
                             code="setting-choice", name=self.name)  # fmt: skip
        assert isinstance(value, str | int | float | bool)
        if self.form:
            self._check_form(str(value))
        return value

    def _check_form(self, text: str) -> None:
        """Raises: InputError ``setting-hours``, ``setting-url``, ``setting-language``, and those of `station.bindings.parse_bindings`."""
        if self.form == "keys":
            parse_bindings(text)
            return
        if self.form == "language":
            if not LANGUAGE.fullmatch(text):
                raise InputError(f"{self.name}: {text[:20]!r} is no language's code; the default holds. Write vi, en or the name of a file "
                                 "in languages/.", code="setting-language", name=self.name)  # fmt: skip
            return
        if self.form == "url":
            if text and not WEB_ADDRESS.fullmatch(text):
                raise InputError(f"{self.name}: {text[:60]!r} is no web address; the default holds. Write https://name or nothing.",
                                 code="setting-url", name=self.name)  # fmt: skip
            return
        if self.form == "quiet" and not text:
            return
        try:
            read_spans(text, most=1 if self.form == "hours" else 20)
        except InputError as error:
            raise InputError(f"{self.name}: {text[:40]!r} are no hours; the default {self.default!r} holds. Write them like it.",
                             code="setting-hours", name=self.name) from error  # fmt: skip


DECLARED: Final[tuple[Setting, ...]] = (
    Setting("procedure.id", "procedure", "vn-60-2021", legal=True),
    Setting("procedure.order", "procedure", "", legal=True),
    Setting("capture.attempts", "procedure", 3, 1, 10),
    Setting("capture.hold_s", "quality", 0.5, 0.2, 3.0),
    Setting("capture.hold_frames", "quality", 5, 3, 30),
    Setting("fingerprint.threshold", "quality", 0, 0, 100),
    Setting("portrait.profile", "quality", "vn-cccd", choices=("vn-cccd", "vn-passport", "icao", "custom")),
    Setting("portrait.active", "quality", "offered", choices=("off", "offered", "required")),
    Setting("devices.scanner", "devices", "simulated-scanner"),
    Setting("devices.camera", "devices", "simulated-camera"),
    Setting("devices.documents", "devices", ""),
    Setting("devices.iris", "devices", ""),
    Setting("devices.card_reader", "devices", "simulated-card"),
    Setting("devices.document_reader", "devices", ""),
    Setting("devices.positioner", "devices", ""),
    Setting("screen.keys", "bindings", "", form="keys"),
    Setting("screen.language", "screen", "vi", choices=("vi", "vi+en", "en")),
    Setting("applicant.language", "screen", "vi", form="language"),
    Setting("screen.theme", "screen", "light", choices=("light", "dark", "system")),
    Setting("screen.large", "screen", default=False),
    Setting("screen.zoom", "screen", 100, 100, 175),
    Setting("screen.left_hand", "screen", default=False),
    Setting("screen.second_monitor", "screen", default=True),
    Setting("sound.volume", "screen", 60, 0, 100),
    Setting("sound.quiet", "screen", "22:00-06:00", form="quiet"),
    Setting("exception.pin", "users", default=True),
    Setting("lock.idle_minutes", "users", 10, 1, 60),
    Setting("population.url", "sending", "", form="url"),
    Setting("sending.intake_url", "sending", "", form="url"),
    Setting("sending.kilobytes_per_s", "sending", 0, 0, 100_000),
    Setting("sending.hours", "sending", "00:00-24:00", form="spans"),
    Setting("sending.limit_megabytes", "sending", 16, 1, 64),
    Setting("keep.days", "retention", 180, 1, 3650, legal=True),
    Setting("keep.after_acceptance", "retention", "original", choices=("original", "wsq")),
    Setting("keep.disk_gigabytes", "retention", 250, 1, 100_000),
    Setting("station.kit", "station", "0417", own=True),
    Setting("station.unit", "station", "99901"),
    Setting("day.target", "station", 350, 1, 5000),
    Setting("day.hours", "station", "07:00-22:00", form="hours"),
)

BY_NAME: Final[Mapping[str, Setting]] = {s.name: s for s in DECLARED}


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. Unknown or bad entries stand in `faults`, one error each."""

    values: Mapping[str, Value]
    faults: tuple[InputError, ...] = ()

    def __getitem__(self, name: str) -> Value:
        return self.values.get(name, BY_NAME[name].default)

    def text(self, name: str) -> str:
        """Return a setting that is a word."""
        return str(self[name])

    def number(self, name: str) -> float:
        """Return a setting that is a number."""
        value = self[name]
        assert isinstance(value, int | float)
        return float(value)

    def flag(self, name: str) -> bool:
        """Return a setting that is yes or no."""
        return bool(self[name])

    @property
    def bindings(self) -> Bindings:
        """Which key does what."""
        return parse_bindings(self.text("screen.keys"))

    @property
    def capture_rules(self) -> dict[str, float]:
        """Return what this site changed of how captures are taken, by the names of `Procedure.with_site`; empty: the procedure alone rules."""
        names = {"capture.attempts": "attempts", "capture.hold_s": "hold_s", "capture.hold_frames": "hold_frames",
                 "fingerprint.threshold": "threshold"}  # fmt: skip
        return {short: self.number(name) for name, short in names.items() if self[name] != BY_NAME[name].default}

    def replaced(self, name: str, value: object) -> Settings:
        """Return settings with one value changed.

        Raises:
            InputError: unknown name or bad value.
        """
        if name not in BY_NAME:
            raise InputError(
                f"No setting is called '{name}'; nothing was changed. `station settings show` lists them.", code="setting-name"
            )
        return Settings({**self.values, name: BY_NAME[name].check(value)}, self.faults)

    def to_toml(self) -> str:
        """Return the file's text: only what differs from the defaults, sorted, so that two kits compare line by line."""
        changed = {n: v for n, v in sorted(self.values.items()) if v != BY_NAME[n].default}
        return "".join(f"{json.dumps(name)} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in changed.items())


def parse(data: bytes) -> Settings:
    """Read the settings file; never raises for a bad entry, only for a file that is no settings file at all.

    Raises:
        InputError: larger than `MAX_FILE_BYTES` or not TOML.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InputError(
            f"The settings file has {len(data)} bytes; at most {MAX_FILE_BYTES} are read. Defaults hold.", code="settings-size"
        )
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            "The settings file is damaged; defaults hold. Correct it or delete it.", code="settings-format"
        ) from error
    values: dict[str, Value] = {}
    faults: list[InputError] = []
    for name, value in raw.items():
        setting = BY_NAME.get(name)
        if setting is None:
            faults.append(InputError(f"{name}: no such setting; it is ignored.", code="setting-name", name=name[:60]))
            continue
        try:
            values[name] = setting.check(value)
        except InputError as error:
            faults.append(error)
    return Settings(values, tuple(faults))


def settings_in(files: Files) -> Settings:
    """Return the settings of a station's folder; a file that is none holds as a fault, with the defaults."""
    if files.size(SETTINGS_FILE) is None:
        return Settings({})
    try:
        return parse(files.read(SETTINGS_FILE, MAX_FILE_BYTES))
    except InputError as error:
        return Settings({}, (error,))


def store_settings(files: Files, log: SettingLog, old: Settings, new: Settings, *, operator: str, desk: str) -> list[str]:
    """Write the settings file and note each change; returns the names that changed."""
    files.write(SETTINGS_FILE, new.to_toml().encode())
    changed = [n for n in sorted({*old.values, *new.values}) if old[n] != new[n]]
    for name in changed:
        log.append(
            "setting.changed",
            {"name": name, "old": str(old[name]), "new": str(new[name])},
            dossier="",
            operator=operator,
            desk=desk,
        )
    return changed
