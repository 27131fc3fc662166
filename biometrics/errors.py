"""Errors of the biometrics room. Each carries a `code`: the words for people come from the catalogue above.

BiometricsError
├── ImageError (ValueError)      an array or image that cannot be judged: shape, type, size, resolution
├── FormatError (ValueError)     bytes of a record, template or model that break their format
└── ModelError                   a model pack that is missing, altered or not of the expected kind
"""

from __future__ import annotations

from typing import ClassVar


class BiometricsError(Exception):
    """Base of everything this room raises on purpose.

    Attributes:
        code: short stable name for programs and for the catalogue, e.g. ``image-too-large``.
        details: plain values (numbers, names of measures), never personal data.
    """

    code: ClassVar[str] = "biometrics"

    def __init__(self, message: str, *, code: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.details = details
        self._code = code

    @property
    def reason_code(self) -> str:
        """The code of this very error: the one given, else the class's."""
        return self._code or self.code


class ImageError(BiometricsError, ValueError):
    """Examples: a colour array where grey is asked, 1x1 pixels, 20,000x20,000 pixels, 300 ppi without leave to resample."""

    code = "image"


class FormatError(BiometricsError, ValueError):
    """Examples: a template whose count runs past its end, a record of another edition, a truncated file."""

    code = "format"


class ModelError(BiometricsError):
    """Examples: a forest with another sha256 than announced, a pack that is not imported."""

    code = "model"
