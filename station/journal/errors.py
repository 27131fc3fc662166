"""What can go wrong with the journal, each with its own class so that a screen can offer the right next step.

StorageError (station.errors)
├── WriteError "E32"        the disk is full or broken (station.files)
├── BusyError "in-use"      another program has this journal open (station.files)
├── NoJournalError          nothing is there yet
├── JournalKeyError         the key is not this journal's
├── NewerJournalError       written by a newer program
└── DamagedError            bytes are not what was written: a flipped bit, a cut file, a segment that was removed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from station.errors import StorageError
from station.files import BusyError, WriteError


class NoJournalError(StorageError):
    """There is no journal in this folder."""

    code = "journal-missing"


class JournalKeyError(StorageError):
    """The key does not open this journal: a wrong passphrase, another station's key, or a file that is not a journal."""

    code = "journal-key"


class NewerJournalError(StorageError):
    """The journal was written by a newer program; opening it with this one could lose what only that one knows."""

    code = "journal-newer"


class DamagedError(StorageError):
    """Stored bytes were altered or cut. What is sound can still be read; restore the rest from a backup."""

    code = "journal-damaged"


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn SQLite's errors inside into the classes above."""
    try:
        yield
    except apsw.NotADBError as error:
        raise JournalKeyError(
            "The key does not open this journal. Nothing was changed; try again, or use its other key."
        ) from error
    except apsw.CorruptError as error:
        raise DamagedError(
            "The journal is damaged: some bytes are not what was written. Nothing was changed; copy the folder, then restore a backup."
        ) from error
    except apsw.FullError as error:
        raise WriteError(
            "Cannot save to the journal: the disk is full. What was saved before is safe; do not switch off. Free space and repeat.",
            cause="full",
        ) from error
    except (apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError) as error:
        raise WriteError(
            "Cannot save to the journal: the disk reports an error. What was saved before is safe; do not switch off.",
            cause="error",
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise BusyError(
            "The journal is in use by another running program; nothing was changed. Close the other one first."
        ) from error
