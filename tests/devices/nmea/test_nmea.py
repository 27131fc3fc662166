"""GPS sentences: published examples, damaged ones, and a receiver that is silent, at another speed, or without a sky."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceTimeoutError
from devices.nmea.receiver import NmeaReceiver
from devices.nmea.sentences import SentenceFramer, checked, parse_position
from devices.simulated.serial_push import BarcodeSimulator, NmeaSimulator
from devices.simulated.wire_pty import SerialSimulator

# The examples that the standard's descriptions print everywhere.
GGA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"


def sentences(data: bytes) -> list[bytes]:
    framer = SentenceFramer()
    framer.feed(data)
    found = []
    while (body := framer.take()) is not None:
        found.append(body)
    return found


def test_published_examples() -> None:
    position, moment = (parse_position(body) for body in sentences(GGA + RMC))
    assert position is not None
    assert moment is not None
    assert position.latitude_deg == pytest.approx(48.1173)
    assert position.longitude_deg == pytest.approx(11.516667, abs=1e-5)
    assert (position.hdop, position.valid, position.utc_s) == (0.9, True, None)
    assert moment.utc_s == datetime(1994, 3, 23, 12, 35, 19, tzinfo=UTC).timestamp()


def test_every_changed_byte_is_noticed() -> None:
    for at in range(len(GGA) - 2):
        bent = bytearray(GGA)
        bent[at] ^= 0x10
        assert sentences(bytes(bent) + RMC)[-1:] == [RMC[1:-5]], "the next one is read all the same"
        assert GGA[1:-5] not in sentences(bytes(bent))
        lost = sentences(GGA[:at] + GGA[at + 1 :] + RMC)
        assert lost == [RMC[1:-5]]


def test_without_a_sky_nothing_is_valid() -> None:
    position = parse_position(b"GPGGA,123519,,,,,0,00,,,M,,M,,")
    moment = parse_position(b"GPRMC,123519,V,,,,,,,230394,,")
    assert position is not None
    assert moment is not None
    assert (position.valid, position.latitude_deg, moment.valid) == (False, None, False)
    assert parse_position(b"GPGSV,1,1,00") is None


@pytest.mark.parametrize(
    "body",
    [b"GPGGA,999999,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,", b"GPGGA,123519,9907.038,N,01131.000,E,1,08,0.9,,M,,M,,",
     b"GPRMC,123519,A,x,N,y,E,1,1,239994,,", b"GPGGA,123519,4807.038,N,01131.000,E,one,08,0.9,,M,,M,,", b"GPRMC,\xff"],
)  # fmt: skip
def test_fields_that_no_position_has(body: bytes) -> None:
    with pytest.raises(DeviceFormatError):
        parse_position(body)


@given(
    st.lists(st.sampled_from([GGA, RMC, b"$", b"*", b"\r\n", b"$GPGGA,", b"*47"]) | st.binary(max_size=12), max_size=12),
    st.data(),
)
def test_any_bytes_in_any_cut(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    framer = SentenceFramer()
    found = []
    for a, b in pairwise([0, *cuts, len(stream)]):
        framer.feed(stream[a:b])
        while (body := framer.take()) is not None:
            found.append(body)
            try:
                parse_position(body)
            except DeviceFormatError:
                continue
    assert found == sentences(stream)


def test_checksums() -> None:
    assert checked(GGA.strip()) == GGA[1:-5]
    for bad in (b"$GPGGA,1", b"$*", b"$A*4", b"$A*XY", b"A*41", b"$" + b"A" * 200 + b"*41"):
        assert checked(bad) is None


def on(simulator: SerialSimulator, deadline_s: float, baud: int = 0):
    receiver = NmeaReceiver(simulator.start(), baud)
    try:
        with receiver:
            return receiver.fix(deadline_s)
    finally:
        simulator.stop()


def test_a_fix_is_where_and_when_the_receiver_says() -> None:
    fix = on(NmeaSimulator(every_s=0.1, paced=False), 5)
    assert fix.valid
    assert (fix.latitude_deg, fix.longitude_deg) == (pytest.approx(21.028511, abs=1e-6), pytest.approx(105.804817, abs=1e-6))
    assert fix.accuracy_m == pytest.approx(5.5)
    assert fix.utc_s is not None
    assert 0 < fix.utc_s - datetime(2026, 5, 12, 2, 0, tzinfo=UTC).timestamp() < 60


def test_silence_and_strangers_are_told_apart_within_the_deadline() -> None:
    with pytest.raises(DeviceTimeoutError):
        on(NmeaSimulator(every_s=60, paced=False), 0.3)
    with pytest.raises(DeviceProtocolError) as noise:
        on(BarcodeSimulator(every_s=0.05, paced=False), 0.4)
    assert noise.value.reason_code == "nmea-noise"
    with pytest.raises(DeviceProtocolError):
        on(NmeaSimulator(every_s=0.05, paced=False), 0.4, baud=4800)


def test_settings_without_port_are_refused() -> None:
    for settings in ({}, {"port": "/dev/x", "baud": "fast"}):
        with pytest.raises(DeviceError):
            NmeaReceiver.discover(settings)
    assert NmeaReceiver("/dev/no-such-port").describe().error_code == "device-not-found"
