"""Card readers through PC/SC (pcscd, WinSCard): the adapter and the watch for readers and cards coming and going.

pyscard is optional: without it, or without the service, this family is a row with its reason. Only the thin `scard` layer is
used, because its contexts can be made anew when the service restarts. May import: `devices`, never the chip protocol.
"""

from __future__ import annotations

from devices.pcsc.reader import PcscChannel, PcscReader
from devices.pcsc.watch import PcscWatch, ReaderChange, ReaderEvent

__all__ = ["PcscChannel", "PcscReader", "PcscWatch", "ReaderChange", "ReaderEvent"]
