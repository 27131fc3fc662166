"""Errors of the station room and how any expected error becomes one sentence.

    StationError
    ├── InputError        what a person or a file gave cannot be used: unknown position, missing file, wrong ppi
    ├── StorageError      the disk, the journal or a package cannot be written or read: disk full, newer version, wrong key
    ├── AccessError       the operator may not do this, or is not who they say
    ├── TransferError     a carrier or the intake refused, or could not be reached
    └── ProcedureError    the step is not allowed now by the procedure in force

Every message says what happened, what is safe, and what to do next; it holds no personal data.
"""

from __future__ import annotations

from typing import ClassVar

from biometrics.errors import BiometricsError
from devices.errors import DeviceError


class StationError(Exception):
    """Base. `code` is stable and has words in the catalogue; `details` are plain values for those words."""

    code: ClassVar[str] = "station"

    def __init__(self, message: str, *, code: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.details = details
        self._code = code

    @property
    def reason_code(self) -> str:
        """The code of this very error: the one given, else the class's."""
        return self._code or self.code


class InputError(StationError, ValueError):
    """Examples: a finger position that no procedure knows, a folder without enrollment.toml, a colour image as a print."""

    code = "input"


class StorageError(StationError):
    """Examples: disk full, a journal written by a newer program, a wrong passphrase, a segment that was altered."""

    code = "storage"


class AccessError(StationError):
    """Examples: wrong PIN, locked account, an officer approving their own dossier."""

    code = "access"


class TransferError(StationError):
    """Examples: no route to the intake, a certificate with another name, a refused package, a stick that is not allowed."""

    code = "transfer"


class ProcedureError(StationError):
    """Examples: signing before the last capture, a second portrait where the rule allows one."""

    code = "procedure"


EXPECTED_ERRORS = (StationError, DeviceError, BiometricsError)


def sentence(error: BaseException) -> str:
    """Return the one plain sentence for `error` that the command line prints."""
    return str(error)
