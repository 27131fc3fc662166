"""Free memory handed back to the system between two citizens.

The C library keeps freed pages for itself, spread over one arena per thread; pictures of many sizes leave holes that never
shrink. A trim takes some milliseconds and keeps a night's station as small as its first dossier.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Return freed pages to the system where the C library can (glibc); elsewhere do nothing. Never raises."""
    gc.collect()
    trim()


def trim() -> None:
    """Return freed pages without looking for cycles (in a window those are taken apart on the UI thread only). Never raises."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def few_arenas(count: int = 2) -> None:
    """Let all threads share `count` heaps (glibc; elsewhere nothing): pictures freed on one thread are used again by another.

    Call it before threads are started. Never raises.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, count)


_M_ARENA_MAX = -8
"""``M_ARENA_MAX`` of ``malloc.h``."""
