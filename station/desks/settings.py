"""S18: settings and operators through the station that is open: view, change, clone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from station.bindings import parse_bindings
from station.clock import legal_day
from station.cloning import Difference, applied, compare_settings, export_settings, read_export
from station.desks.key_change import KeyChange
from station.desks.people import Acting, InPlace, names, signed_in
from station.dossier.kinds import Kind
from station.dossier.procedure import load_procedure
from station.errors import AccessError, InputError
from station.files import RealFiles
from station.keys import Permission, Role, StationKeys
from station.keys.rotation import expires
from station.keys.token import TokenSigner
from station.retention import rule_on
from station.settings import BY_NAME, MAX_FILE_BYTES
from station.views.base import Words
from station.views.bindings import key_history
from station.views.keys import KeysView, keys_view
from station.views.operators import OperatorsView, operators_view
from station.views.settings import SettingsView, settings_view, typed
from station.words.languages import languages_in

HANDY = frozenset(
    {
        "screen.language",
        "screen.theme",
        "screen.large",
        "screen.zoom",
        "screen.left_hand",
        "screen.second_monitor",
        "sound.volume",
    }
)
"""How the screen looks and sounds is everybody's own business."""


class SettingsDesk(InPlace):
    """Intents on settings, as the signed-in operator or by the PIN of one who may change them (F8): a supervisor, team lead, technician
    or security admin."""

    needs = Permission.CHANGE_SETTINGS

    @property
    def who(self) -> str:
        """Name of the second person who changes settings here now, empty without one."""
        return self._acting.name if self._acting is not None else ""

    def _changer(self) -> str | None:
        """Operator id of who may change the kit's settings now, None while nobody may."""
        found = self._present()
        return found.operator if found is not None else None

    def view(self, search: str = "") -> SettingsView:
        """Return S18."""
        station = self._station
        events = station.journal.events_of_kind(Kind.SETTING)
        # Read anew: a file that was dropped in while the station runs counts from now on.
        languages, faults = languages_in(station.files)
        station.languages = languages
        view = settings_view(
            station.settings, events, search, names(station), self._laws(), {c: x.name for c, x in languages.items()}
        )
        return replace(view, faults=(*view.faults, *map(_language_fault, faults)))

    def _laws(self) -> dict[str, Words]:
        """The rules behind the read-only settings, by group, each with the day it came into force and the file's hash."""
        station = self._station
        found: dict[str, Words] = {}
        with suppress(InputError):  # the name of a file that is gone: the value itself is shown
            rule = load_procedure(station.settings.text("procedure.id"))
            version = f"{rule.valid_from:%d/%m/%Y} · {rule.sha256[:8]}"
            found["procedure"] = Words("ui.settings.law", {"procedure": rule.id, "version": version})
        kept = rule_on(legal_day(station.clock.now()))
        found["retention"] = Words("ui.settings.law", {"procedure": kept.name, "version": f"{kept.begins:%d/%m/%Y}"})
        return found

    def key_change(self, pending: str | None = None) -> KeyChange:
        """Return what changes the keyboard's keys, with an unsaved text of before."""
        station = self._station
        history = key_history(station.journal.events_of_kind(Kind.SETTING), names(station))
        return KeyChange(station.settings.bindings, history, None if pending is None else parse_bindings(pending))

    def keys(self) -> KeysView:
        """Return the station's keys; public halves and dates only."""
        station = self._station
        made = next((e.at for e in station.journal.first_own(1)), None)
        rotated = station.journal.last_of_kind(Kind.KEY_ROTATED)
        intake = station.queue.intake
        centre = (intake.name, intake.signer.key_id, intake.recipient.key_id) if intake is not None else None
        return keys_view(station.keys, protection=StationKeys.protection(station.files), made=made, rotated=rotated.at if rotated else None,
                         due=expires(station.journal), now=station.clock.now(), centre=centre,
                         token=isinstance(station.keys.signer, TokenSigner))  # fmt: skip

    def may_change(self, name: str) -> bool:
        """Return whether who is here may change this one."""
        if self._station.operator is None or BY_NAME[name].legal:
            return False
        return name in HANDY or self._changer() is not None

    def save(self, changes: Mapping[str, object]) -> int:
        """Check and store changed values, all or none; each change stands in the journal. Returns how many differ now.

        Raises:
            InputError: a bad value. AccessError: not this operator's to change.
        """
        settings = self._station.settings
        for name, value in changes.items():
            if name not in BY_NAME:
                raise InputError(f"No setting is called '{name}'; nothing was changed.", code="setting-name")
            if not self.may_change(name):
                raise AccessError("This setting is not yours to change; nothing was changed. Ask a supervisor or technician.",
                                  code="not-allowed", name=name)  # fmt: skip
            settings = settings.replaced(name, typed(BY_NAME[name], value))
        count = sum(settings[n] != self._station.settings[n] for n in changes)
        if count:
            handy = set(changes) <= HANDY  # one's own screen: in one's own name
            self._station.save_settings(settings, operator="" if handy else self._changer() or "")
        return count

    def export(self) -> str:
        """Return the file for other kits."""
        return export_settings(self._station.settings)

    def export_to(self, path: Path) -> int:
        """Write the file for other kits and return how many settings it holds.

        Raises:
            StorageError: it cannot be written there.
        """
        text = self.export()
        RealFiles(path.parent).write(path.name, text.encode())
        return text.count("\n") - 1

    def compare_file(self, path: Path) -> tuple[Difference, ...]:
        """Compare a file on disk or stick with this kit; raises as `compare`, and InputError when it cannot be read."""
        return self.compare(_read(path))

    def apply_file(self, path: Path) -> int:
        """Take a file over; raises as `apply`, and InputError when it cannot be read."""
        return self.apply(_read(path))

    def compare(self, data: bytes) -> tuple[Difference, ...]:
        """Compare a file of another kit with this one.

        Raises:
            InputError: unusable file; all faults are named.
        """
        return compare_settings(self._station.settings, read_export(data))

    def apply(self, data: bytes) -> int:
        """Take a file over; returns how many settings changed.

        Raises:
            InputError: unusable file. AccessError: without the role.
        """
        changer = self._changer()
        if changer is None:
            raise AccessError("Settings of a whole kit are changed by a supervisor or technician; nothing was changed.",
                              code="not-allowed")  # fmt: skip
        theirs = read_export(data)
        after = applied(self._station.settings, theirs)
        count = sum(after[n] != self._station.settings[n] for n in BY_NAME)
        if count:
            self._station.save_settings(after, operator=changer)
        return count


class OperatorsDesk(InPlace):
    """Intents on accounts, as the signed-in security admin or by the PIN of one."""

    needs = Permission.MANAGE_OPERATORS

    def view(self) -> OperatorsView:
        """Return the accounts."""
        operator = self._station.operator
        roles = set(operator.roles) if operator is not None else set()
        if self._acting is not None:
            roles |= set(self._acting.session.roles)
        me = operator.operator_id if operator is not None else ""
        return operators_view(self._station.operators.accounts().values(), self._station.clock.now(), me, roles)

    def _by(self, permission: Permission) -> Acting:
        found = (
            self._acting
            if self._acting is not None and self._acting.session.may(permission)
            else signed_in(self._station, permission)
        )
        if found is None:
            raise AccessError("This needs a security admin; nothing was changed. Press F8.", code="not-allowed")
        return found

    def add(self, operator_id: str, name: str, roles: list[Role], secret: str) -> None:
        """Make an account with a first PIN that must be changed."""
        self._station.operators.add(operator_id, name, roles, secret, by=self._by(Permission.MANAGE_OPERATORS).session)

    def change_roles(self, operator_id: str, roles: list[Role]) -> None:
        """Set what an operator may do."""
        self._station.operators.change(operator_id, by=self._by(Permission.MANAGE_OPERATORS).session, roles=roles)

    def close(self, operator_id: str, *, active: bool) -> None:
        """Close or reopen an account."""
        self._station.operators.change(operator_id, by=self._by(Permission.MANAGE_OPERATORS).session, active=active)

    def unlock(self, operator_id: str) -> None:
        """Open a locked account at once."""
        self._station.operators.unlock(operator_id, by=self._by(Permission.UNLOCK_ACCOUNT).session)

    def reset(self, operator_id: str, secret: str) -> None:
        """Give a new first PIN and a new signing key."""
        self._station.operators.reset_secret(operator_id, secret, by=self._by(Permission.MANAGE_OPERATORS).session)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError("This is no settings file; nothing was changed.", code="settings-size")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read; nothing was changed. Check its name.", code="settings-file") from error


def _language_fault(fault: InputError) -> Words:
    file = fault.details.get("file")
    return (
        Words("s18.fault-language", {"file": file}) if file else Words("s18.fault-languages", {"count": fault.details["count"]})
    )
