"""1:N search over the templates of a station's day or of a province.

Three looks, each at fewer templates: (A) the nearest code of every probe minutia votes for a rotation, over all templates; (B) relaxation over the
best pairs, for the best percent; (C) the full comparison with the ridge check, for the best few. A hit's score is that of the 1:1 comparison.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError
from biometrics.fingerprint.matching.cascade import SLOTS, Index, Probe, relaxed_scores, vote_scores
from biometrics.fingerprint.matching.compare import Comparison, compare, grown_score
from biometrics.fingerprint.minutiae.template import Template
from biometrics.fingerprint.minutiae.template_bytes import from_bytes, to_bytes

_VOTED_SHARE: Final = 0.02
_VOTED_LEAST: Final = 400
_GROWN: Final = 30
_CHECKED: Final = 6
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate of a search: the name it was added under and the comparison of the probe with it."""

    name: str
    comparison: Comparison


class Gallery:
    """Templates under names. One thread at a time.

    Every template costs about 1 kB of index and its stored form of at most 2 kB. On a station a gallery is rebuilt in memory from the journal;
    `save` and `load` are for batch work and write templates in the clear.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._rows: dict[str, int] = {}
        self._stored: list[bytes] = []
        self._index = Index.empty(64)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in no promised order."""
        return tuple(self._names)

    def add(self, name: str, template: Template) -> None:
        """Add the template, or replace the one called `name`."""
        self._put(name, template, to_bytes(template))

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a stored template (`minutiae.to_bytes`). Raises FormatError when the bytes are not one."""
        self._put(name, from_bytes(data), data)

    def _put(self, name: str, template: Template, data: bytes) -> None:
        row = self._rows.get(name)
        if row is None:
            row = len(self._names)
            if row == self._index.capacity:
                self._index = self._index.grown(2 * row)
            self._names.append(name)
            self._stored.append(data)
            self._rows[name] = row
        self._stored[row] = data
        self._index = self._index.writable()
        self._index.set(row, template)

    def template(self, name: str) -> Template:
        """Return the template called `name`. Raises KeyError when there is none."""
        return from_bytes(self._stored[self._rows[name]])

    def remove(self, name: str) -> None:
        """Remove the template called `name`. Raises KeyError when there is none."""
        row = self._rows.pop(name)
        last = len(self._names) - 1
        if row != last:
            self._index = self._index.writable()
            self._index.move(last, row)
            self._names[row], self._stored[row] = self._names[last], self._stored[last]
            self._rows[self._names[row]] = row
        self._names.pop()
        self._stored.pop()

    def candidates(self, probe: Template, most: int = _GROWN) -> list[str]:
        """Return the names that the first two looks keep, best first (for measuring what they lose)."""
        return [self._names[row] for row in self._shortlist(probe, most)]

    def voted(self, probe: Template) -> NDArray[np.intp]:
        """Return the rows (into `names`) that the first look alone keeps, in rising order (for measuring what it loses)."""
        total = len(self._names)
        if total == 0 or len(probe) == 0:
            return np.zeros(0, np.intp)
        kept = max(_VOTED_LEAST, int(_VOTED_SHARE * total))
        if kept >= total:
            return np.arange(total)
        votes = vote_scores(Probe.of(probe), self._index, total)
        return np.sort(np.argpartition(-votes, kept)[:kept])

    def _shortlist(self, probe: Template, most: int) -> NDArray[np.intp]:
        rows = self.voted(probe)
        if len(rows) == 0:
            return rows
        scores = relaxed_scores(Probe.of(probe), self._index, rows)
        return rows[np.argsort(-scores, kind="stable")[:most]]

    def _sketch(self, row: int) -> Template:
        """Return the template at `row` without its ridge picture, with the codes of the index."""
        codes = np.ascontiguousarray(self._index.codes[:, : self._index.count[row], row].T)
        return from_bytes(self._stored[row], ridges=False, codes=codes)

    def search(self, probe: Template, k: int = 10) -> list[Hit]:
        """Return the best `k` hits, best first: fewer when the gallery is smaller or the probe has no minutiae."""
        if k < 1:
            return []
        rows = self._shortlist(probe, max(_GROWN, 2 * k))
        grown = np.array([grown_score(probe, self._sketch(row)) for row in rows])
        best = rows[np.argsort(-grown, kind="stable")[: max(_CHECKED, k)]]
        hits = [Hit(self._names[row], compare(probe, from_bytes(self._stored[row]))) for row in best]
        return sorted(hits, key=lambda hit: -hit.comparison.score)[:k]

    def save(self, folder: Path) -> None:
        """Write the gallery into `folder` (made if needed): arrays that `load` maps into memory. Templates are in the clear."""
        folder.mkdir(parents=True, exist_ok=True)
        total = len(self._names)
        for name, array in self._index.arrays().items():
            np.save(folder / f"{name}.npy", array[..., :total])
        np.save(folder / "stored.npy", np.frombuffer(b"".join(self._stored), np.uint8))
        np.save(folder / "ends.npy", np.cumsum([len(data) for data in self._stored], dtype=np.int64))
        text = json.dumps({"version": _VERSION, "slots": SLOTS, "names": self._names}, ensure_ascii=False)
        (folder / "gallery.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Gallery:
        """Return the gallery saved in `folder`; its index stays on disk, mapped into memory, until the gallery is changed.

        Raises:
            FormatError: files that are missing, of another version, or that do not fit together.
        """
        try:
            head = json.loads((folder / "gallery.json").read_text(encoding="utf-8"))
            if head["version"] != _VERSION or head["slots"] != SLOTS:
                raise FormatError("This gallery was written by another version: build it again.", code="gallery-version")
            names = [str(name) for name in head["names"]]
            index = Index(**{name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in Index.NAMES})
            stored = np.load(folder / "stored.npy", mmap_mode="r")
            ends = np.load(folder / "ends.npy")
        except FormatError:
            raise
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FormatError("The gallery's files are missing or damaged.", code="gallery-damaged") from error
        index.check(len(names))
        starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
        if (
            len(ends) != len(names)
            or len(set(names)) != len(names)
            or (len(ends) and ends[-1] != len(stored))
            or (ends < starts).any()
        ):
            raise FormatError("The gallery's files do not fit together.", code="gallery-damaged")
        gallery = cls()
        gallery._names = names
        gallery._rows = {name: row for row, name in enumerate(names)}
        gallery._stored = [stored[start:end].tobytes() for start, end in zip(starts, ends, strict=True)]
        gallery._index = index
        return gallery
