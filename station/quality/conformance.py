"""Compares rows with a reference table (columns as in NFIQ 2's own CSV, plus `pixels_sha256`, `error` and `QB_` blocks)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from biometrics.fingerprint.quality import ACTIONABLE_NAMES, MEASURE_NAMES, QUALITY_BLOCK_NAMES
from biometrics.fingerprint.quality.names import MINUTIA_MEASURES
from station.errors import InputError
from station.quality.batch import Row

MAX_BYTES: Final = 200_000_000
RELATIVE: Final = 1e-6


@dataclass(slots=True)
class _Column:
    compared: int = 0
    unequal: int = 0
    worst: float = 0.0
    worst_file: str = ""


@dataclass(slots=True)
class Conformance:
    """Reads a reference table, takes rows one by one, reports the differences per column."""

    reference: dict[str, dict[str, str]]
    columns: dict[str, _Column] = field(default_factory=dict)
    matched: int = 0
    unknown: int = 0
    scored: int = 0
    same_score: int = 0
    refused_alike: int = 0
    refusal_differs: list[str] = field(default_factory=list)
    images_equal: int = 0

    @classmethod
    def load(cls, path: Path) -> Conformance:
        """Read the table; rows are found again by the sha256 of their pixels, or by file name where the table
        has no `pixels_sha256`.

        Raises:
            InputError: unreadable, or without the measures' columns.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise InputError(f"{path.name} is too large for a reference table.", code="reference")
            with path.open(newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"The reference table {path.name} cannot be read.", code="reference") from error
        lowered = [{_plain(k): v for k, v in row.items() if k} for row in rows]
        if not lowered or not all(_plain(name) in lowered[0] for name in MEASURE_NAMES):
            raise InputError(f"{path.name} lacks columns of the native measures; is it a reference table?", code="reference")
        table: dict[str, dict[str, str]] = {}
        for row in lowered:
            digest = row.get("pixelssha256")
            if digest:
                table.setdefault(digest, row)
                continue
            for key in (row.get("path"), row.get("file"), row.get("filename")):
                if key:
                    table.setdefault(Path(key).stem, row)
        return cls(table)

    def add(self, row: Row, digest: str) -> None:
        """Compare one row."""
        path = Path(row["file"])
        expected = next((self.reference[k] for k in (digest, path.stem) if k in self.reference), None)
        if expected is None:
            self.unknown += 1
            return
        self.matched += 1
        refused = bool(expected.get("error")) or not expected.get(_plain(MEASURE_NAMES[0]))
        if refused or row["error"]:
            if refused == bool(row["error"]):
                self.refused_alike += 1
            else:
                self.refusal_differs.append(path.name)
            return
        equal = True
        for name, value, text in self._pairs(row, expected):
            column = self.columns.setdefault(name, _Column())
            column.compared += 1
            difference = abs(value - float(text))
            if difference > RELATIVE * abs(float(text)):
                column.unequal += 1
                equal = False
                if difference >= column.worst:
                    column.worst, column.worst_file = difference, path.name
        self.images_equal += equal
        given = expected.get("score") or expected.get("unifiedqualityscore") or expected.get("qualityscore")
        if given and row["score"] is not None:
            self.scored += 1
            self.same_score += float(given) == row["score"]

    @staticmethod
    def _pairs(row: Row, expected: dict[str, str]) -> Iterator[tuple[str, float, str]]:
        groups = (("", MEASURE_NAMES, row["measures"]), ("", ACTIONABLE_NAMES, row["actionable"]))
        for prefix, names, values in (*groups, ("QB_", QUALITY_BLOCK_NAMES, row["quality_blocks"])):
            for name in names:
                text = expected.get(_plain(prefix + name))
                if text and name in values:
                    yield prefix + name, float(values[name]), text

    @property
    def conformant(self) -> bool:
        """Whether every column is equal on at least 99.7 % of images, minutia columns and scores on 99.5 %."""
        scores = self.same_score >= 0.995 * self.scored
        columns = all(
            c.unequal <= (0.005 if any(m in name for m in MINUTIA_MEASURES) else 0.003) * c.compared
            for name, c in self.columns.items()
        )
        return scores and columns and not self.refusal_differs and self.matched > 0

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        out = [f"{'measure':44s} {'images':>7s} {'unequal':>8s} {'largest difference':>20s}"]
        for name, c in self.columns.items():
            worst = f"{c.worst:.3g} ({c.worst_file})" if c.unequal else "0"
            out.append(f"{name:44s} {c.compared:7d} {c.unequal:8d} {worst:>20s}")
        out.append(f"images found in the reference: {self.matched}; not found: {self.unknown}")
        out.append(f"refused by both: {self.refused_alike}; refused by one only: {', '.join(self.refusal_differs) or 'none'}")
        out.append(f"images equal in every figure (relative {RELATIVE:g}): {self.images_equal}")
        if self.scored:
            out.append(f"identical scores: {self.same_score} of {self.scored} ({100 * self.same_score / self.scored:.2f} %)")
        return out


def _plain(name: str) -> str:
    """Fold the spellings of different editions of the table: case and underscores do not matter."""
    return name.lower().replace("_", "")
