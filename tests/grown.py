"""Fingers that are grown once for a session: the same few invented people come to many tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from biometrics.fingerprint.synthesis import master


@pytest.fixture(scope="session", autouse=True)
def grown_once() -> Iterator[None]:
    """A finger is grown once for the session, byte for byte the same, not by each test or window anew (a quarter of a second each). Only
    for rooms above the generator: what tests the generator itself grows its own."""
    kept = master.grow_master, master.grow_phalanx
    master.grow_master = lru_cache(maxsize=200)(master.grow_master)
    master.grow_phalanx = lru_cache(maxsize=200)(master.grow_phalanx)
    yield
    master.grow_master, master.grow_phalanx = kept
