"""A serial QR reader and a GPS receiver named in the settings reach the window: the scan finds its page, the visit its place."""

from __future__ import annotations

from pathlib import Path

from devices.simulated.serial_push import QR_SPECIMEN, BarcodeSimulator, NmeaSimulator
from tests.ui.driver import Clerk
from ui.peripherals import start_peripherals


def test_scans_and_position_of_serial_devices_reach_the_window(qapp: object, tmp_path: Path) -> None:
    barcode, gps = BarcodeSimulator(every_s=0.3, paced=False), NmeaSimulator(every_s=0.2, paced=False)
    clerk = Clerk(tmp_path / "demo")
    try:
        station = clerk.counter.station
        scanned: list[str] = []
        clerk.home.scanned = lambda text: not scanned.append(text)  # type: ignore[method-assign]
        station.settings = station.settings.replaced("devices.document_reader", f"barcode-serial port={barcode.start()}")
        station.settings = station.settings.replaced("devices.positioner", f"nmea port={gps.start()}")
        start_peripherals(clerk.shell, clerk.counter)
        clerk.until(lambda: QR_SPECIMEN in scanned)
        clerk.until(lambda: station.here() is not None)
    finally:
        clerk.close()
        barcode.stop()
        gps.stop()
