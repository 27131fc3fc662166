"""Papers as PDF: capture form, appointment slip, DC01/DC02, hand-over list, exception record.

Plain data in (`forms`), PDF bytes out; `station.dossier.papers` fills the data from a dossier. Every page names its form by code *and* legal
basis, carries the dossier's barcode and QR code, embeds its font (Noto Sans or DejaVu Sans from the system: both have all
Vietnamese letters) and, in a demo station, the word DEMO across it. The same data give the same bytes.
"""

from __future__ import annotations

from station.vietnam.papers.forms import (
    CaptureRow,
    Line,
    Paper,
    appointment_slip,
    capture_form,
    exception_record,
    hand_over_list,
    population_form,
    route_note,
)

__all__ = [
    "CaptureRow",
    "Line",
    "Paper",
    "appointment_slip",
    "capture_form",
    "exception_record",
    "hand_over_list",
    "population_form",
    "route_note",
]
