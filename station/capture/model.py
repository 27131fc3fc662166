"""`Capture`: an accepted sample with everything that must never have to be captured again."""

from __future__ import annotations

import msgspec

from devices.contract import Source


class ImageRef(msgspec.Struct, frozen=True):
    """One image of a capture, stored as a blob.

    `blob` is the SHA-256 (hex) of the stored bytes; `encoding` says how they are to be read: ``raw`` is row-major pixels of
    `height` x `width` x `channels`, `bits_stored` 8 or 16 per channel; otherwise a media type. `bits` is what the sensor gave.
    """

    blob: str
    width: int
    height: int
    channels: int
    bits: int
    bits_stored: int
    ppi: int | None
    encoding: str
    position: int = 0
    """Finger position; of an iris capture the eye (1 right, 2 left)."""


class CaptureDevice(msgspec.Struct, frozen=True):
    """Which very device took it, under which profile and certificate."""

    adapter: str
    vendor: str
    model: str
    serial: str
    firmware: str
    profile: str
    certificate: str


class QualityNote(msgspec.Struct, frozen=True):
    """The verdict on one finger or face: score, the model that gave it, reasons; `provisional` until a final model judges."""

    position: int
    score: float
    model: str
    reasons: tuple[str, ...] = ()
    provisional: bool = False


class Capture(msgspec.Struct, frozen=True):
    """1..n images of one step. `step` is the procedure's step id, `source` decides whether a production intake may accept it."""

    step: str
    modality: str
    position: int
    impression: int
    images: tuple[ImageRef, ...]
    device: CaptureDevice
    source: Source
    quality: tuple[QualityNote, ...]
    attempt: int
    missing: tuple[int, ...] = ()
    signed: tuple[str, ...] = ()
    """Blobs (SHA-256 hex) of the device's own signed bytes, kept exactly."""
    flags: tuple[str, ...] = ()
    """For example ``below-threshold``, ``manual``."""
    uncorrected: tuple[ImageRef, ...] = ()
    """The images as the device gave them, where `images` had its certificate's corrections applied; kept at this station."""
    corrections: tuple[str, ...] = ()
    """Which corrections were applied: ``scale``, ``dead-pixels``, ``flat-field``; what they are stands in the certificate."""
