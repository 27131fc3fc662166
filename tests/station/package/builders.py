"""Builds small and real-sized contents for the tests of packages, queue, carriers and intake."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import msgspec
import numpy as np

from devices.contract import Source
from station.capture.model import Capture, CaptureDevice, ImageRef, QualityNote
from station.dossier import events as ev
from station.dossier.kinds import Kind
from station.keys.algorithms import Algorithm
from station.keys.sealing import HybridOpener, HybridSealer
from station.keys.signing import SoftwareSigner
from station.package import PackageContent, PackageKind, PackedCapture, Part

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
STATION = "00000000000000a1"


class Party:
    """A station, an operator and a recipient with fresh keys."""

    def __init__(self) -> None:
        self.station = SoftwareSigner.generate()
        self.operator = SoftwareSigner.generate(Algorithm.ED25519)
        self.opener = HybridOpener.generate()
        self.sealer = HybridSealer()

    def find_station(self, key_id: str):
        return self.station.public if key_id == self.station.key_id else None

    def find_operator(self, key_id: str):
        return self.operator.public if key_id == self.operator.key_id else None


def content(number: int = 1, *, sizes: tuple[int, ...] = (300, 200), source: Source = Source.DEVICE, demo: bool = False,
            station: str = STATION, kind: PackageKind = PackageKind.DOSSIER, dossier: str | None = None, sequence: int = 1,
            previous: bytes = bytes(32)) -> PackageContent:  # fmt: skip
    """A dossier with one opening event and one capture per size, filled with noise of that size."""
    dossier = dossier or f"D{number:06d}"
    noise = np.random.default_rng(number)
    opened = ev.make_event(event_id=ev.EventId(station, 1), dossier=dossier, kind=Kind.OPENED, at=START, clock="manual",
                           operator="op-1", desk="3", body={"procedure": "vn-60-2021", "ticket": number}, parents=(),
                           previous=ev.GENESIS)  # fmt: skip
    events, captures = [opened], []
    for index, size in enumerate(sizes):
        data = noise.bytes(size)
        digest = hashlib.sha256(data).hexdigest()
        capture = Capture(
            step=f"step-{index}", modality="finger", position=index % 10 + 1, impression=0,
            images=(ImageRef(digest, size, 1, 1, 8, 8, 500, "raw", index % 10 + 1),),
            device=CaptureDevice("folder", "Example", "Model", "SN-1", "1.0", "example", ""), source=source,
            quality=(QualityNote(index % 10 + 1, 71.5, "plain-1", ("too-light",), provisional=True),), attempt=1,
        )  # fmt: skip
        event = ev.make_event(event_id=ev.EventId(station, index + 2), dossier=dossier, kind=Kind.CAPTURED, at=START,
                              clock="manual", operator="op-1", desk="3", body={"step": capture.step, "capture": msgspec.to_builtins(capture)},
                              parents=(events[-1].id,), previous=events[-1].hash)  # fmt: skip
        events.append(event)
        captures.append(PackedCapture(str(event.id), capture, (Part(f"c{index:02d}-image", "application/octet-stream", data),)))
    return PackageContent(
        dossier=dossier, procedure="vn-60-2021", events=tuple(ev.encode(e) for e in events), captures=tuple(captures),
        operator="op-1", station=station, software="station 0.1.0", clock="manual", created=START, sequence=sequence,
        previous=previous, demo=demo, kind=kind,
    )  # fmt: skip
