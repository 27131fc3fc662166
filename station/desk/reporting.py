"""What went wrong, without a fact about a person: a line in the window's log under a short number, and the bundle for a helper.

An error that nobody foresaw may carry a name or a number in its words, so of those only the kind and the places in the program are
written, never what it says.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import ExitStack
from pathlib import PurePath
from typing import Final

from station.app import Station
from station.errors import EXPECTED_ERRORS, StorageError
from station.support import bundle, logging_to, state

FOLDER: Final = "reports"
KEPT: Final = 5
"""So many bundles stay on the disk; an older one goes when a new one is written."""
_MOST_PLACES: Final = 12
_LOG = logging.getLogger("station.window")


class ReportDesk:
    """Over one station; every method is meant for the station's own thread."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._open = ExitStack()
        self._begun = False

    def begin(self) -> None:
        """Keep the log in the station's folder from now on (turning over at 1 MB, five files)."""
        if not self._begun:
            self._begun = True
            self._open.enter_context(logging_to(self._station.folder / "logs"))
            _LOG.info("window opened, desk %s", self._station.session.desk or "all")

    def close(self) -> None:
        """Close the log."""
        self._open.close()

    def note(self, error: BaseException, screen: str) -> str:
        """Write an error into the log and return the number that a person tells the hot line."""
        number = f"{self._station.clock.now():%d%m-%H%M%S}"
        reason = str(getattr(error, "reason_code", "") or "")
        said = f": {error}" if isinstance(error, EXPECTED_ERRORS) else ""
        places = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
        where = " < ".join(f"{PurePath(p.filename).name}:{p.lineno} {p.name}" for p in reversed(places))
        _LOG.error("%s %s %s on %s%s; %s", number, type(error).__name__, reason, screen, said, where)
        return number

    def save(self) -> str:
        """Write the bundle into the station's folder and return its name: state, versions, logs; no personal data, no biometrics.

        Raises:
            StorageError: the disk does not take it.
        """
        station = self._station
        name = f"{FOLDER}/report-{station.clock.now():%Y%m%d-%H%M%S}.zip"
        content = bundle(state(station.files, station.keys, station.journal, station.clock), station.folder / "logs")
        try:
            station.files.write(name, content)
        except OSError as error:
            raise StorageError("The report could not be written; nothing else was changed.", code="E32") from error
        for old in sorted(n for n in station.files.list(FOLDER) if n.endswith(".zip"))[:-KEPT]:
            station.files.remove(old)
        return name
