"""Free memory handed back to the system between two citizens.

The C library keeps freed pages for itself, spread over one arena per thread; pictures of many sizes leave holes that never
shrink. A trim takes some milliseconds and keeps a night's station as small as its first dossier.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from typing import Final

LARGE: Final = 4 * 1024 * 1024
"""Larger than what judging a live frame makes by the hundred (at 512 KB mapping those anew took a quarter of all CPU), smaller than full pictures."""


def give_back() -> None:
    """Return freed pages to the system where the C library can (glibc); elsewhere do nothing. Never raises."""
    gc.collect()
    trim()


def trim() -> None:
    """Return freed pages without looking for cycles (in a window those are taken apart on the UI thread only). Never raises."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def large_apart(size: int = LARGE) -> None:
    """Let every block of `size` bytes or more be mapped by itself and go back to the system when it is freed (glibc; elsewhere nothing).

    Left alone, glibc raises that limit to the size of the largest picture that was freed (at most 32 MB): then pictures lie on the heap
    among small things that stay, and their holes with them. Call it before threads are started. Never raises.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, size)


def few_arenas(count: int = 2) -> None:
    """Let all threads share `count` heaps (glibc; elsewhere nothing): pictures freed on one thread are used again by another.

    Call it before threads are started. Never raises.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, count)


_M_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of ``malloc.h``."""
_M_ARENA_MAX = -8
"""``M_ARENA_MAX`` of ``malloc.h``."""
