"""Printable camera targets."""

from __future__ import annotations


def camera_targets_paper() -> bytes:
    """Return the targets as PDF."""
    return b""
