"""Sticks of this station: which are allowed, whose labels are believed, and what is mounted here now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from station.app import Station
    from station.carriers.stick import Stick
    from station.keys import SignerPublic

STICKS: Final = "sticks.json"
MOUNTS: Final = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where desktop systems mount removable media: as NAME or as PERSON/NAME."""


def allowed(station: Station) -> set[str]:
    """Return the ids on this station's allow-list."""
    if station.files.size(STICKS) is None:
        return set()
    try:
        listed = json.loads(station.files.read(STICKS, 1_000_000))
    except ValueError:
        return set()
    return {s for s in listed if isinstance(s, str)} if isinstance(listed, list) else set()


def known_stations(station: Station) -> Callable[[str], SignerPublic | None]:
    """Return the finder of stations whose labels and drafts are believed here: this one's keys and the trust store's."""
    from station.keys.trust import Purpose, TrustStores

    view = TrustStores(station.journal).view(Purpose.STATIONS)
    revoked = set(view.revoked)
    known = {**view.signers(station.clock.now()), **{p.key_id: p for p in station.keys.publics}}
    return lambda key_id: None if key_id in revoked else known.get(key_id)


def open_stick(station: Station, folder: Path) -> Stick:
    """Return an allowed stick, labelled by this station or one it trusts.

    Raises:
        CarrierError: ``stick-not-allowed`` (E46), ``stick-gone``.
    """
    from station.carriers.stick import Stick

    return Stick(folder, known_stations(station), allowed(station))


def mounted(places: tuple[Path, ...] = MOUNTS) -> tuple[Path, ...]:
    """Return the roots of mounted media that carry a stick's label (whoever wrote it: `open_stick` checks that)."""
    from station.carriers.stick import LABEL

    found: list[Path] = []
    for place in places:
        for pattern in (f"*/{LABEL}", f"*/*/{LABEL}"):
            try:
                found += [p.parent for p in place.glob(pattern)]
            except OSError:  # a medium that is just leaving
                continue
    return tuple(sorted(dict.fromkeys(found)))
