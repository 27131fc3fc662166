"""Roles and what each may do. One table; screens and commands ask `may`, nobody compares role names."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is at this station; one person may hold several."""

    CLERK = "clerk"
    CAPTURE = "capture"
    SUPERVISOR = "supervisor"
    DATA_OFFICER = "data-officer"
    TEAM_LEAD = "team-lead"
    TECHNICIAN = "technician"
    INSPECTOR = "inspector"
    SECURITY_ADMIN = "security-admin"


class Permission(StrEnum):
    """One thing that somebody may or may not do."""

    OPEN_DOSSIER = "open-dossier"
    CAPTURE = "capture"
    SIGN_EXCEPTION = "sign-exception"
    OVERRIDE = "override"  # a check, a threshold, the clock guard
    APPROVE = "approve"  # the second pair of eyes
    CORRECT_DATA = "correct-data"
    EXPORT_SUBJECT = "export-subject"
    PLAN = "plan"
    EXPORT_PACKAGES = "export-packages"
    SERVICE_DEVICES = "service-devices"
    CHANGE_SETTINGS = "change-settings"  # of the kit; how the screen looks and sounds is everybody's own business
    BACK_UP = "back-up"
    RECHECK = "recheck"
    READ_AUDIT = "read-audit"
    MANAGE_OPERATORS = "manage-operators"
    MANAGE_KEYS = "manage-keys"
    UNLOCK_ACCOUNT = "unlock-account"
    PURGE = "purge"


_P = Permission
GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CLERK: frozenset({_P.OPEN_DOSSIER}),
    Role.CAPTURE: frozenset({_P.OPEN_DOSSIER, _P.CAPTURE, _P.SIGN_EXCEPTION}),
    Role.SUPERVISOR: frozenset(
        {
            _P.OPEN_DOSSIER,
            _P.CAPTURE,
            _P.SIGN_EXCEPTION,
            _P.OVERRIDE,
            _P.APPROVE,
            _P.EXPORT_PACKAGES,
            _P.UNLOCK_ACCOUNT,
            _P.READ_AUDIT,
            _P.CHANGE_SETTINGS,
        }
    ),
    Role.DATA_OFFICER: frozenset({_P.OPEN_DOSSIER, _P.CORRECT_DATA, _P.EXPORT_SUBJECT, _P.PURGE}),
    Role.TEAM_LEAD: frozenset(
        {_P.OPEN_DOSSIER, _P.CAPTURE, _P.SIGN_EXCEPTION, _P.PLAN, _P.EXPORT_PACKAGES, _P.APPROVE, _P.CHANGE_SETTINGS}
    ),
    Role.TECHNICIAN: frozenset({_P.SERVICE_DEVICES, _P.BACK_UP, _P.CHANGE_SETTINGS}),
    Role.INSPECTOR: frozenset({_P.RECHECK, _P.READ_AUDIT}),
    # No dossier access: who hands out the keys does not see the people.
    Role.SECURITY_ADMIN: frozenset(
        {_P.MANAGE_OPERATORS, _P.MANAGE_KEYS, _P.UNLOCK_ACCOUNT, _P.READ_AUDIT, _P.BACK_UP, _P.CHANGE_SETTINGS}
    ),
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Return whether any of `roles` grants `permission`."""
    return any(permission in GRANTS[role] for role in roles)
