"""From a finished dossier in the journal to a sealed package in the queue."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from station.app import Station, software_version
from station.capture.model import Capture, ImageRef
from station.dossier.events import encode
from station.dossier.readiness import before_sealing
from station.dossier.state import DossierState
from station.errors import AccessError, ProcedureError, StorageError
from station.journal import Journal
from station.keys import HybridSealer
from station.package import PackageContent, PackedCapture, Part, seal_package
from station.queue.model import Entry, State

JP2: Final = "image/jp2"
_SEALED_ALREADY: Final = frozenset({State.SEALED, State.SENT, State.ACKNOWLEDGED, State.REFUSED})


def seal_dossier(station: Station, dossier: str) -> Entry:
    """Seal one finished dossier to the pinned intake and put it into the queue; a dossier that is queued already stays as it is.

    Raises:
        ProcedureError: something is still open. AccessError: nobody signed in. StorageError: disk, or no intake pinned yet.
    """
    state = station.book.state(dossier)
    revision = state.revision
    waiting = [e for e in station.queue.of_dossier(dossier) if e.state in _SEALED_ALREADY]
    if len(waiting) > revision:
        station.tell_journal()
        return waiting[-1]
    if items := before_sealing(state):
        raise ProcedureError(f"{len(items)} things are still open before the seal ({items[0].code}); nothing was sealed.",
                             code="seal-open", first=items[0].code)  # fmt: skip
    if station.operator is None:
        raise AccessError("Nobody is signed in; nothing was sealed. Sign in first.", code="not-signed-in")
    intake = station.queue.intake
    if intake is None:
        raise StorageError(
            "No intake is known to this station yet; the dossier is saved. Enroll the station with its intake.",
            code="not-enrolled",
        )
    station.queue.save(dossier)
    content = content_of(station, state)
    sealed = seal_package(content, station=station.keys.signer, operator=station.operator.signer, recipients=[intake.recipient],
                          sealer=HybridSealer())  # fmt: skip
    entry = station.queue.put(sealed)
    station.tell_journal()
    return entry


def content_of(station: Station, state: DossierState) -> PackageContent:
    """Collect the dossier's events and every accepted capture with its parts."""
    events = tuple(encode(e) for e in station.journal.events(state.id))
    captures = tuple(
        PackedCapture(str(step.accepted.event), step.accepted.capture, capture_parts(station.journal, step.accepted.capture))
        for step in state.captures.values()
        if step.accepted is not None
    )
    sealed, previous = station.queue.chain_head()
    assert station.operator is not None, "checked by the caller"
    return PackageContent(
        dossier=state.id, procedure=state.procedure.id, events=events, captures=captures, operator=station.operator.operator_id,
        station=station.origin, software=software_version(), clock=station.clock.source, created=station.clock.now(),
        sequence=sealed + 1, previous=previous, demo=station.demo,
        facts={"exceptions": {str(int(f)): e.kind.value for f, e in state.exceptions.items()}, "visit": state.visit},
    )  # fmt: skip


def capture_parts(journal: Journal, capture: Capture) -> tuple[Part, ...]:
    """Return the parts of one capture: its images, then the device's signed bytes."""
    parts = []
    for index, image in enumerate(capture.images):
        data, media = packed_image(journal.blob(image.blob), image)
        parts.append(Part(f"{capture.step}-{index}", media, data, image.blob if media != image.encoding else ""))
    for index, sha in enumerate(capture.signed):
        parts.append(Part(f"{capture.step}-signed-{index}", "application/jose", journal.blob(sha)))
    return tuple(parts)


def packed_image(blob: bytes, image: ImageRef) -> tuple[bytes, str]:
    """Return the bytes that travel: raw pixels as lossless JPEG 2000 (checked by decoding), encoded originals as they are."""
    if image.encoding != "raw":
        return blob, image.encoding
    pixels = raw_pixels(blob, image)
    done, encoded = cv2.imencode(".jp2", pixels, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000])
    back = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if done else None
    if back is None or not np.array_equal(back, pixels):
        # An original cannot be taken again: what does not come back exactly travels raw.
        return blob, "application/x-raw"
    return encoded.tobytes(), JP2


def raw_pixels(blob: bytes, image: ImageRef) -> npt.NDArray[Any]:
    """Return raw pixels as an array, height x width (x channels), of 8 or 16 bits."""
    kind = np.uint8 if image.bits_stored == 8 else np.dtype("<u2")
    shape = (image.height, image.width) if image.channels == 1 else (image.height, image.width, image.channels)
    return np.frombuffer(blob, kind).reshape(shape)
