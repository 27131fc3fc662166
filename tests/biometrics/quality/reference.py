"""The reference's values for the open images, and the images themselves (only where ../shared is)."""

from __future__ import annotations

import csv
import lzma
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from biometrics.fingerprint.quality import ACTIONABLE_NAMES, MEASURE_NAMES, QUALITY_BLOCK_NAMES


class Row(NamedTuple):
    name: str
    path: Path
    error: str
    score: int
    measures: dict[str, float]
    actionable: dict[str, float]
    blocks: dict[str, int]


@cache
def rows(data: Path) -> tuple[Row, ...]:
    """Every row of the reference table; figures are empty where the reference refused."""
    out = []
    with (data / "nfiq2" / "nfiq2_reference_open.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            ok = not row["error"]
            out.append(
                Row(
                    f"{row['set']}/{row['file']}",
                    data / row["path"],
                    row["error"],
                    int(row["score"]) if ok else -1,
                    {n: float(row[n]) for n in MEASURE_NAMES} if ok else {},
                    {n: float(row[n]) for n in ACTIONABLE_NAMES} if ok else {},
                    {n: int(row["QB_" + n]) for n in QUALITY_BLOCK_NAMES} if ok else {},
                )
            )
    return tuple(out)


def image(row: Row) -> np.ndarray:
    """The grey pixels of a row."""
    pixels = cv2.imread(str(row.path), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None, row.path
    return pixels


def official_file(data: Path) -> bytes:
    """NIST's model as it is stored beside the project (xz)."""
    return (data / "nfiq2" / "nist_plain_tir-ink.yaml.xz").read_bytes()


def official_yaml(data: Path) -> bytes:
    """The same, unpacked."""
    return lzma.decompress(official_file(data))
