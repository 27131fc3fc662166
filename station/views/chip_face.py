"""S5, the chip's photo beside the portrait: a hint for the officer, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.portrait.compare import FaceComparison, Sameness
from station.views.base import Tone, Words

_TONES = {Sameness.SAME: Tone.GOOD, Sameness.UNSURE: Tone.RETRY, Sameness.DIFFERENT: Tone.RETRY, Sameness.NOT_COMPARED: Tone.IDLE}


@dataclass(frozen=True, slots=True)
class ChipFaceView:
    """`image`: the photo's bytes as they came from the chip (JPEG or JPEG 2000), None when no card was read; `year` of issue or ""."""

    image: bytes | None
    year: str
    tone: Tone
    word: Words
    note: Words


def chip_face_view(image: bytes | None, year: str, comparison: FaceComparison | None) -> ChipFaceView:
    """Return what is said about the two faces; nothing compared is said as such."""
    if image is None:
        return ChipFaceView(None, "", Tone.IDLE, Words("ui.chip-face.not-compared"), Words("ui.chip-face.no-photo"))
    if comparison is None or comparison.sameness is Sameness.NOT_COMPARED:
        return ChipFaceView(image, year, Tone.IDLE, Words("ui.chip-face.not-compared"), Words("ui.chip-face.by-eye"))
    similarity, threshold = (f"{n:.2f}".replace(".", ",") for n in (comparison.similarity, comparison.threshold))
    return ChipFaceView(image, year, _TONES[comparison.sameness], Words(f"ui.chip-face.{comparison.sameness.value}", {"similarity": similarity}),
                        Words("ui.chip-face.hint", {"threshold": threshold}))  # fmt: skip
