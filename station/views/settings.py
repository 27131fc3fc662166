"""S18, settings: built from their declarations; each row says value, default, limits, source, who changed it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from station.bindings import ACTIONS
from station.dossier.events import Event
from station.errors import InputError
from station.settings import DECLARED, Setting, Settings, Value
from station.views.base import Words
from station.views.bindings import binding_fault
from station.words import Language, say
from station.words.languages import BUILT_IN

GROUPS = ("procedure", "quality", "devices", "bindings", "screen", "sending", "retention", "users", "station")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the screen shows it. `editor` is ``flag``, ``choice``, ``number`` or ``text``."""

    name: str
    group: str
    help: Words
    editor: str
    value: Value
    default: Value
    limits: Words | None
    choices: tuple[str, ...]
    changed: bool
    changed_by: str
    changed_at: str
    legal: bool
    own: bool
    law: Words | None
    """The rule that sets a legal one, with its version."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What choices are called that have no words of their own (a site's languages)."""


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The whole screen: groups in order with their rows, what is wrong with the file, words when nothing matches."""

    groups: tuple[tuple[str, tuple[SettingRow, ...]], ...]
    faults: tuple[Words, ...]
    empty: Words | None


def settings_view(
    settings: Settings, events: Iterable[Event], search: str = "", names: Mapping[str, str] | None = None,
    laws: Mapping[str, Words] | None = None, languages: Mapping[str, str] | None = None,
) -> SettingsView:  # fmt: skip
    """Return S18; `search` looks into names and both languages of the help text, `names` are operators' names, `laws` the rules by group,
    `languages` the names of languages that the site added, by code."""
    last: dict[str, Event] = {str(e.body.get("name", "")): e for e in events}
    rows = [
        _row(s, settings, last.get(s.name), names or {}, laws or {}, languages or {}) for s in DECLARED if _matches(s, search)
    ]
    groups = tuple((g, tuple(r for r in rows if r.group == g)) for g in GROUPS if any(r.group == g for r in rows))
    return SettingsView(groups, tuple(file_fault(f) for f in settings.faults), None if rows else Words("s18.empty"))


def file_fault(fault: InputError) -> Words:
    """Return what is wrong with one entry of the settings file, or with the file."""
    name = str(fault.details.get("name", ""))
    if fault.reason_code.startswith("binding-"):
        return binding_fault(fault)
    if fault.reason_code == "setting-name":
        return Words("s18.fault-unknown", {"name": name})
    return Words("s18.fault", {"name": f"setting.{name}", "why": fault.reason_code}) if name else Words(fault.reason_code)


def _matches(setting: Setting, search: str) -> bool:
    wanted = search.casefold().strip()
    words = [f"setting.{setting.name}", f"group.{setting.group}"]
    if setting.form == "keys":
        words += [f"binding.does.{a.code}" for a in ACTIONS]
    said = (say(code, language) for code in words for language in Language)
    return not wanted or any(wanted in t.casefold() for t in (setting.name, *said))


def _row(setting: Setting, settings: Settings, event: Event | None, names: Mapping[str, str],
         laws: Mapping[str, Words],
         languages: Mapping[str, str]) -> SettingRow:  # fmt: skip
    editor = "flag" if setting.kind is bool else "choice" if setting.choices else "text" if setting.kind is str else "number"
    limits: Words | None = None
    choices, called = setting.choices, dict[str, str]()
    if setting.form == "language":  # what is there now, and what is set though its file is gone
        editor, called = "choice", dict(languages)
        choices = tuple(dict.fromkeys((*BUILT_IN, *languages, str(settings[setting.name]))))
    if setting.low is not None and setting.high is not None:
        limits = Words("ui.settings.limits", {"low": f"{setting.low:g}", "high": f"{setting.high:g}"})
    elif setting.form and editor == "text":
        limits = Words(f"ui.settings.form.{setting.form}")
    by = names.get(event.operator, event.operator) if event is not None else ""
    at = f"{event.at.astimezone():%d/%m/%Y %H:%M}" if event is not None else ""
    return SettingRow(setting.name, setting.group, Words(f"setting.{setting.name}"), editor, settings[setting.name], setting.default,
                      limits, choices, settings[setting.name] != setting.default, by, at, setting.legal, setting.own,
                      laws.get(setting.group) if setting.legal else None, called)  # fmt: skip


def typed(setting: Setting, text: Any) -> Value:
    """Return what a person typed or chose as the setting's value; numbers with a decimal comma or point, grouped by spaces.

    Raises:
        InputError: no number, outside the limits, not one of the choices (`station.settings.Setting.check`).
    """
    if not isinstance(text, str) or setting.kind is str:
        return setting.check(text)
    plain = text.replace(" ", "").replace(",", ".")
    try:
        value: Value = int(plain) if setting.kind is int else float(plain)
    except ValueError as error:
        raise InputError(
            f"{setting.name}: this is no number; the present value holds.", code="setting-type", name=setting.name
        ) from error
    return setting.check(value)


def fault_words(setting: Setting, error: InputError) -> Words:
    """Return what stands at the field after a bad value: ``Chỉ nhận 1 đến 10``."""
    if error.reason_code == "setting-range" and setting.low is not None and setting.high is not None:
        return Words("ui.settings.only", {"low": f"{setting.low:g}", "high": f"{setting.high:g}"})
    if error.reason_code == "setting-choice":
        return Words("ui.settings.only-choices", {"choices": ", ".join(setting.choices)})
    if setting.form:
        return Words(f"ui.settings.form.{setting.form}")
    return Words("ui.settings.no-number") if setting.kind in {int, float} else Words(error.reason_code)
