"""NMEA 0183 sentences from bytes. Framing and checksum are ours; the fields are read by pynmea2.

A sentence is ``$`` … ``*hh`` CR LF with hh = XOR of all between ``$`` and ``*``; one without checksum is not used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Any, Final

from devices.errors import DeviceFormatError

MAX_SENTENCE: Final = 120
"""The standard says 82; some receivers add decimals."""
UERE_M: Final = 5.0
"""What one unit of HDOP is worth in metres for a plain receiver: an estimate, said to be one."""


@dataclass(frozen=True, slots=True)
class PositionSentence:
    """What a GGA or RMC says: time of day and date (RMC), place, validity, dilution (GGA). None where it is silent."""

    kind: str
    latitude_deg: float | None
    longitude_deg: float | None
    valid: bool
    seconds_of_day: float | None
    utc_s: float | None
    hdop: float | None


class SentenceFramer:
    """Cuts a stream into sentences; noise before ``$`` is thrown away, a damaged one raises and is skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.damaged = 0
        """Sentences whose checksum did not fit."""

    @property
    def started(self) -> bool:
        """See `Framer.started`."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> None:
        """See `Framer.feed`."""
        self._buffer += data

    def reset(self) -> None:
        """See `Framer.reset`."""
        self._buffer.clear()

    def give_up(self) -> None:
        """See `Framer.give_up`: a sentence that stops in the middle is only lost; the next second brings another."""
        self._buffer.clear()
        self.damaged += 1

    def take(self) -> bytes | None:
        """See `Framer.take`: the text between ``$`` and ``*``, checked."""
        while (start := self._buffer.find(b"$")) >= 0:
            del self._buffer[:start]
            end = next((i for i, byte in enumerate(self._buffer) if byte in b"\r\n"), -1)
            again = self._buffer.find(b"$", 1)
            if again > 0 and (end < 0 or again < end):
                # Another one begins before this ended: bytes were lost.
                del self._buffer[:again]
                self.damaged += 1
                continue
            if end < 0:
                if len(self._buffer) > MAX_SENTENCE:
                    del self._buffer[0]
                    self.damaged += 1
                    continue
                return None
            line = bytes(self._buffer[:end])
            del self._buffer[:end]
            body = checked(line)
            if body is not None:
                return body
            self.damaged += 1
        self._buffer.clear()
        return None


def checked(line: bytes) -> bytes | None:
    """Return what stands between ``$`` and ``*`` when the checksum fits, else None."""
    body, star, given = line[1:].partition(b"*")
    if not line.startswith(b"$") or not star or len(line) > MAX_SENTENCE or len(given) != 2:
        return None
    try:
        fits = int(given, 16) == reduce(xor, body, 0)
    except ValueError:
        return None
    return body if fits else None


def parse_position(body: bytes) -> PositionSentence | None:
    """Read a checked GGA or RMC; None for any other sentence.

    Raises:
        DeviceFormatError: fields that no position has.
    """
    if len(body) > MAX_SENTENCE or body[2:5] not in (b"GGA", b"RMC"):
        return None
    import pynmea2

    try:
        message = pynmea2.parse("$" + body.decode("ascii"))
        return _read(message, body[2:5].decode())
    except DeviceFormatError:
        raise
    except Exception as error:  # pynmea2 raises its own, ValueError, TypeError, AttributeError for fields that are not there
        raise DeviceFormatError(
            "The receiver sent a position that cannot be read; it was not used.", code="nmea-format"
        ) from error


def _read(message: Any, kind: str) -> PositionSentence:
    has_place = bool(message.lat and message.lon)
    latitude, longitude = (float(message.latitude), float(message.longitude)) if has_place else (None, None)
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise DeviceFormatError("The receiver sent a place that is not on Earth; it was not used.", code="nmea-format")
    time_of_day = message.timestamp
    seconds = None
    if isinstance(time_of_day, str):
        # What pynmea2 cannot convert it hands over as it came.
        raise DeviceFormatError("The receiver sent a time that no clock shows; it was not used.", code="nmea-format")
    if time_of_day is not None:
        seconds = time_of_day.hour * 3600 + time_of_day.minute * 60 + time_of_day.second + time_of_day.microsecond / 1e6
    if kind == "RMC":
        utc = float(message.datetime.timestamp()) if seconds is not None and message.datestamp else None
        return PositionSentence(kind, latitude, longitude, message.status == "A" and has_place, seconds, utc, None)
    hdop = float(message.horizontal_dil) if message.horizontal_dil else None
    if hdop is not None and not (math.isfinite(hdop) and 0 <= hdop <= 100):
        hdop = None
    return PositionSentence(kind, latitude, longitude, int(message.gps_qual or 0) >= 1 and has_place, seconds, None, hdop)
