"""The Qt binding itself: void calls must not eat references of None (docs/decisions/0001)."""

from __future__ import annotations

import sys

import pytest


def test_void_calls_leave_none_alone(qapp: object) -> None:
    from ui.qt import QFont

    font = QFont()
    font.setPixelSize(11)
    before = sys.getrefcount(None)
    for _ in range(200):
        font.setPixelSize(12)
    after = sys.getrefcount(None)
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal from Python 3.12 on")
    assert after - before > -20
