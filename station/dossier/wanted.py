"""Which papers are wanted of a dossier and which of them are here. Pure functions of the state."""

from __future__ import annotations

from dataclasses import dataclass

from station.clock import legal_day
from station.dossier.parts import PaperAbsent, PaperPhoto
from station.dossier.procedure import PaperOccasion, PaperRule
from station.dossier.state import DossierState
from station.vietnam.dates import age_on
from station.vietnam.paper_kinds import kind_for, paper_kinds

CHILD_AGE = 14


@dataclass(frozen=True, slots=True)
class WantedPaper:
    """A paper the procedure wants: of one of `kinds` (the first is proposed), for `field` where it proves one.

    `here`: the page that answers it; `absent`: why it was not brought. `must`: nothing is signed while neither is there.
    """

    kinds: tuple[str, ...]
    field: str
    must: bool
    here: PaperPhoto | None
    absent: PaperAbsent | None

    @property
    def open(self) -> bool:
        """Whether somebody still has to photograph it or say why not."""
        return self.here is None and self.absent is None


def wanted_papers(state: DossierState) -> tuple[WantedPaper, ...]:
    """Return every paper that is wanted of the dossier as it stands, those that are here too."""
    found: dict[tuple[tuple[str, ...], str], WantedPaper] = {}
    for rule in state.procedure.papers:
        for kinds, field in _asked(rule, state):
            key = (kinds, field)
            must = rule.must or (key in found and found[key].must)
            found[key] = WantedPaper(kinds, field, must, _here(state, kinds, field), _absent(state, kinds, field))
    return tuple(found.values())


def open_papers(state: DossierState) -> tuple[WantedPaper, ...]:
    """Return the wanted papers that are neither here nor explained, compulsory ones first."""
    return tuple(sorted((w for w in wanted_papers(state) if w.open), key=lambda w: not w.must))


def proves(photo: PaperPhoto, field: str) -> bool:
    """Return whether a page speaks of a field: taken for it, or of a kind that does."""
    kind = paper_kinds().get(photo.kind)
    return photo.field == field or (kind is not None and field in kind.proves)


def _asked(rule: PaperRule, state: DossierState) -> list[tuple[tuple[str, ...], str]]:
    if rule.occasion is PaperOccasion.REGISTER_MENDED:
        fields = dict.fromkeys(d.field for d in state.defects if d.way == "mend-register" and d.field)
        return [(rule.kinds or (kind_for(f),), f) for f in fields]
    if rule.occasion is PaperOccasion.UNDER_14:
        birth = state.birth
        asked = birth is not None and age_on(birth, legal_day(state.opened_at)) < CHILD_AGE
    elif rule.occasion is PaperOccasion.FEE_EXEMPT:
        asked = bool(state.fee and state.fee.get("exemption"))
    else:
        asked = True
    return [(rule.kinds, "")] if asked else []


def _here(state: DossierState, kinds: tuple[str, ...], field: str) -> PaperPhoto | None:
    return next((p for p in state.standing_photos if (proves(p, field) if field else p.kind in kinds)), None)


def _absent(state: DossierState, kinds: tuple[str, ...], field: str) -> PaperAbsent | None:
    return next((a for a in state.absent_papers if a.field == field and a.kind in kinds), None)
