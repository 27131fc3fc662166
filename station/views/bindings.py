"""S18, keys: each action with its key, its standard key, and who changed it when; what was said about the last change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from station.bindings import ACTIONS, SETTING, Bindings, key_label, parse_bindings
from station.dossier.events import Event
from station.errors import InputError
from station.views.base import Tone, Words


@dataclass(frozen=True, slots=True)
class BindingRow:
    """One action. `key` and `default` are as written on buttons (empty: none); `unsaved` while the change is not stored."""

    action: str
    does: Words
    key: str
    default: str
    changed: bool
    unsaved: bool
    changed_by: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class BindingsView:
    """All rows in the order of the rules, what is said about the last change, whether a key is awaited and whether a swap is offered."""

    rows: tuple[BindingRow, ...]
    said: Words | None
    more: Words | None
    tone: Tone
    asking: str
    swap: bool


def binding_fault(error: InputError) -> Words:
    """Return why a key was refused, with the key and the action that has it."""
    other = str(error.details.get("other", ""))
    values = {"key": key_label(str(error.details.get("key", "")))}
    return Words(error.reason_code, {**values, **({"other": f"binding.does.{other}"} if other else {})})


def key_history(events: Iterable[Event], names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return who last changed the key of each action, and when, from the journal's changes of settings; `names` are operators' names."""
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.body.get("name") != SETTING:
            continue
        with suppress(InputError):  # an older program's text
            before, after = (parse_bindings(str(event.body.get(side, ""))) for side in ("old", "new"))
            for action in (a.code for a in ACTIONS if before.key(a.code) != after.key(a.code)):
                found[action] = (names.get(event.operator, event.operator), f"{event.at.astimezone():%d/%m/%Y %H:%M}")
    return found


def binding_rows(stored: Bindings, pending: Bindings, history: Mapping[str, tuple[str, str]]) -> tuple[BindingRow, ...]:
    """Return every action with the key that is pending for it."""
    rows = []
    for action in ACTIONS:
        key, (by, at) = pending.key(action.code), history.get(action.code, ("", ""))
        rows.append(BindingRow(action.code, Words(f"binding.does.{action.code}"), key_label(key), key_label(action.default),
                               key != action.default, key != stored.key(action.code), by, at))  # fmt: skip
    return tuple(rows)
