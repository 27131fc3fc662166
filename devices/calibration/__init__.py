"""Calibration of scanners and cameras: from pictures of a known target to rows with limits, and a certificate.

Pure measures on arrays (`bars`, `frequency`, `tone`, `edges`, `colour`, `board`), limits as dated data (`data/limits.toml`), targets as data
(`data/target-*.toml`), the plan of a device class (`plan`), corrections (`corrections`), and the certificate's bytes (`certificate`).
Nothing here knows of keys, files, clocks or screens: signing comes through the `Signer` that `station` hands in.

May import `devices.contract`, `devices.errors`, NumPy, SciPy and OpenCV. The simulator that draws targets (`devices.simulated.targets`)
shares the target's data file and imports nothing from here.
"""

from __future__ import annotations

from devices.calibration.limits import Limit, LimitTable, limit_table, limit_tables
from devices.calibration.model import Reading, Row, Verdict, judge

__all__ = ["Limit", "LimitTable", "Reading", "Row", "Verdict", "judge", "limit_table", "limit_tables"]
