"""The fixtures of this folder."""

from __future__ import annotations

from tests.grown import grown_once  # noqa: F401 - a fixture of this folder
