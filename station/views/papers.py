"""Photographed papers as screens show them (S2, S3, S7): what is here, what is still missing, what was struck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from station.dossier.parts import PaperPhoto
from station.dossier.state import DossierState
from station.dossier.wanted import WantedPaper, wanted_papers
from station.vietnam.paper_kinds import paper_kinds
from station.views.base import Tone, Words


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One page: its event's id, name, kind, the field it was taken for, when, how it stands. `flaws`: what it was accepted with.

    `struck`: ``retaken`` or ``removed``, "" while it stands; `reason`: of the strike, else of a page kept with flaws.
    """

    id: str
    name: Words
    kind: str
    field: str
    at: datetime
    tone: Tone
    simulated: bool
    flaws: tuple[Words, ...]
    struck: str
    reason: str


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A wanted paper that is not here: the kind to propose, the field it would prove, whether it must be; `reason`: why it was not brought."""

    kind: str
    name: Words
    field: str
    must: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PapersView:
    """Everything about a dossier's papers. `left`: the live line; `open`: wanted, not here, not explained."""

    rows: tuple[PaperRow, ...]
    struck: tuple[PaperRow, ...]
    open: tuple[WantedRow, ...]
    explained: tuple[WantedRow, ...]
    left: Words

    def of(self, field: str) -> tuple[PaperRow, ...]:
        """Return the pages that speak of a field, those taken for it first."""
        kinds = paper_kinds()
        speaking = [r for r in self.rows if r.field == field or (r.kind in kinds and field in kinds[r.kind].proves)]
        return tuple(sorted(speaking, key=lambda r: r.field != field))


def papers_view(state: DossierState) -> PapersView:
    """Return the papers of a dossier."""
    rows = tuple(_row(p) for p in state.photos)
    wanted = wanted_papers(state)
    missing = tuple(_wanted(w) for w in sorted((w for w in wanted if w.open), key=lambda w: not w.must))
    explained = tuple(_wanted(w) for w in wanted if w.here is None and w.absent is not None)
    standing = tuple(r for r in rows if not r.struck)
    left = Words("s3.papers-left", {"count": len(missing)}) if missing else Words("s3.papers", {"count": len(standing)})
    return PapersView(standing, tuple(r for r in rows if r.struck), missing, explained, left)


def paper_name(kind: str, words: str = "") -> Words:
    """Return what a paper is called: its kind, or the officer's own words for another one."""
    if kind in paper_kinds() and not (words and paper_kinds()[kind].needs_words):
        return Words(f"paper.{kind}")
    return Words("paper.named", {"words": words or kind})


def _row(photo: PaperPhoto) -> PaperRow:
    struck = photo.struck
    tone = Tone.IDLE if struck is not None else Tone.EXCEPTION if photo.flaws else Tone.GOOD
    return PaperRow(str(photo.id), paper_name(photo.kind, photo.words), photo.kind, photo.field, photo.at, tone, photo.source == "simulated",
                    tuple(Words(f) for f in photo.flaws), struck.how if struck is not None else "",
                    struck.reason if struck is not None else photo.reason)  # fmt: skip


def _wanted(wanted: WantedPaper) -> WantedRow:
    kind = wanted.kinds[0]
    return WantedRow(kind, paper_name(kind), wanted.field, wanted.must, wanted.absent.reason if wanted.absent is not None else "")
