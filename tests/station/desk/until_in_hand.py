"""A child for the kill test: keeps one page, takes a second one, says so, and waits to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from devices.simulated.page import Lying, SimulatedDocumentCamera
from devices.worker import DeviceWorker
from station.demo import open_demo_station
from station.desk.photographing import PhotoDesk


def main() -> None:
    """Run until killed."""
    station = open_demo_station(Path(sys.argv[1]), desk="all")
    worker = DeviceWorker("documents")
    camera = SimulatedDocumentCamera(Lying(4))
    desk = PhotoDesk(station, lambda: camera, lambda: worker)
    dossier = station.book.open_dossier("test-short")
    for turn in range(2):
        hand = desk.start(on_frame=lambda _: None, on_view=lambda *_: None).result(60)
        assert hand is not None
        if turn == 0:
            kept = desk.keep(dossier, "birth-certificate", field="mother_name").rows[0]
            sys.stdout.write(f"{dossier} {kept.id}\n")
    sys.stdout.write("in hand\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main()
