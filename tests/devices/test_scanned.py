"""Wedge, serial and swipe readers give the same object as the chip."""

from __future__ import annotations

import pytest

from devices.contract import DocumentReading
from devices.errors import DeviceFormatError
from devices.holder import HolderSource
from devices.scanned import understand, understand_reading
from devices.simulated.card_issue import synthetic_citizen


@pytest.mark.parametrize("wrap", ["{}", "{}\r", "{}\r\n", "\x02{}\x03", "\ufeff{}"])
def test_whatever_the_reader_adds(wrap: str):
    citizen = synthetic_citizen(4)
    lines = "\r".join(citizen.mrz_lines)
    for text, source in ((citizen.qr, HolderSource.QR), (lines, HolderSource.MRZ), (citizen.number, HolderSource.TYPED)):
        for content in (wrap.format(text), wrap.format(text).encode()):
            holder = understand(content)
            assert (holder.source, holder.number) == (source, citizen.number)
    reading = DocumentReading("qr", wrap.format(citizen.qr).encode(), 0.0)
    assert understand_reading(reading).name == citizen.name


@pytest.mark.parametrize("content", ["", "hello", b"\xff\xfe\x00", "1234567890", "x" * 5000, b"y" * 5000, "<", "|"])
def test_anything_else_is_refused(content):
    with pytest.raises(DeviceFormatError):
        understand(content)
