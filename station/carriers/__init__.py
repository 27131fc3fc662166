"""Ways a package travels: tus upload over the network, a removable folder.

Each is a `Carrier`: it brings bytes and reports only what the peer confirmed. What it all means is decided by the queue, which
verifies every answer itself. May import `station.package` and `station.keys`; knows nothing of the queue.
"""

from __future__ import annotations

from station.carriers.model import Carrier, CarrierError, Delivery, Pace, Parcel
from station.carriers.network import TusCarrier
from station.carriers.tus import TusClient
from station.carriers.web import LineSettings

__all__ = ["Carrier", "CarrierError", "Delivery", "LineSettings", "Pace", "Parcel", "TusCarrier", "TusClient"]
