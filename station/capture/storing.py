"""From an accepted attempt to the journal: blobs first, then the event; only then may a screen say so."""

from __future__ import annotations

import numpy as np

from devices.contract import CapturedImage, RawCapture, Source
from station.capture.admission import check_stamp
from station.capture.model import Capture, CaptureDevice, ImageRef, QualityNote
from station.capture.session import Attempt
from station.capture.verdict import Verdict
from station.dossier.book import DossierBook
from station.dossier.events import Event
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.state import DossierState
from station.journal import Journal


def raw_media_type(width: int, height: int, channels: int, bits: int) -> str:
    """Return the media type of row-major pixels; the journal packs such blobs best."""
    return f"image/x-raw; width={width}; height={height}; channels={channels}; bits={bits}"


def store_image(journal: Journal, image: CapturedImage) -> ImageRef:
    """Store one image as it came: the device's own bytes where there are any, else the raw pixels (little-endian)."""
    pixels = np.ascontiguousarray(image.pixels)
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else int(pixels.shape[2])
    stored_bits = 8 * pixels.dtype.itemsize
    if image.original is not None:
        data, encoding, media = image.original, image.encoding, image.encoding
    else:
        data, encoding = pixels.tobytes(), "raw"
        media = raw_media_type(width, height, channels, stored_bits)
    blob = journal.put_blob(data, media)
    return ImageRef(
        blob, width, height, channels, image.bits, stored_bits, image.ppi, encoding, int(image.position) or int(image.eye)
    )


def quality_notes(verdict: Verdict) -> tuple[QualityNote, ...]:
    """Return what is recorded of a verdict: each part's own score, never an average."""
    return tuple(
        QualityNote(int(p.position), float(p.score), verdict.model, p.reasons, verdict.provisional) for p in verdict.parts
    )


def make_capture(journal: Journal, step: CaptureStep, raw: RawCapture, verdict: Verdict, number: int, *, missing: tuple[int, ...] = (),
                 flags: tuple[str, ...] = ()) -> Capture:  # fmt: skip
    """Store the images and the device's signed bytes, and return the capture that names them.

    Raises:
        CaptureRefusedError: a real device's picture without a certificate; nothing is stored.
    """
    check_stamp(raw)
    images = tuple(store_image(journal, image) for image in raw.images)
    signed = tuple(journal.put_blob(data, "application/jose") for data in raw.signed)
    d = raw.identity
    device = CaptureDevice(d.adapter, d.vendor, d.model, d.serial, d.firmware, d.profile, d.certificate)
    return Capture(step.id, step.modality.value, int(step.position), int(step.impression), images, device, Source(raw.source),
                   quality_notes(verdict), number, missing, signed, flags,
                   tuple(store_image(journal, image) for image in raw.uncorrected), raw.corrections)  # fmt: skip


def store_attempt(book: DossierBook, dossier: str, step: CaptureStep, attempt: Attempt, capture: Capture | None = None) -> int:
    """Write down one try (accepted or not), with its picture where it is kept for later, and return its number in the dossier."""
    reason = attempt.verdict.main_reason()
    reasons = [reason[0]] if reason and not attempt.verdict.passed else []
    return book.record_attempt(dossier, step.id, attempt.verdict.score, reasons, accepted=attempt.verdict.passed, capture=capture)


def missing_of(state: DossierState, step: CaptureStep) -> tuple[int, ...]:
    """Return the codes of the fingers (or eyes) of `step` that are exceptions and stand in no capture."""
    if step.modality is Modality.IRIS:
        return tuple(int(e) for e in state.eye_exceptions)
    return tuple(int(f) for f in step.fingers if f in state.excepted)


def accept(book: DossierBook, journal: Journal, dossier: str, step: CaptureStep, attempt: Attempt, number: int,
           *, extra: tuple[str, ...] = ()) -> Event:  # fmt: skip
    """Accept an attempt for its step, with `extra` flags (the officer's own judgements); on the disk when this returns."""
    state = book.state(dossier)
    missing = missing_of(state, step)
    flags = () if attempt.automatic else ("manual",)
    if not attempt.verdict.passed:
        flags = (*flags, "below-threshold")
    flags = (*flags, *extra)
    capture = make_capture(journal, step, attempt.capture, attempt.verdict, number, missing=missing, flags=flags)
    return book.accept_capture(dossier, capture, "auto" if attempt.automatic else "manual")
