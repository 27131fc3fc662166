"""Compare at capture: register x chip x papers x declared, field by field, and the register's own contradictions → defects.

Pure: sources and answers in, `Found` out. What a defect means for the work (owner, form, stops) is data in `defects.toml`.
Hard stops are only those of the notes: a number that is none, one that belongs to another person, a dead or cancelled record, fingers
of somebody else, and a first issue for someone who holds a card.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as struct_field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from station.dossier.parts import Branch, FieldSource
from station.population.model import Answer, NameQuery, PersonRecord, Population, RecordStatus
from station.vietnam.agreement import SEVERITY, Agreement, agree, agree_places
from station.vietnam.dates import PartialDate, parse_date
from station.vietnam.number import NumberRule, Sex, check_number
from station.vietnam.units import MERGER, UnitLevel, UnitTable

Sources = Mapping[FieldSource, Mapping[str, str]]

FIELD_CODES: Final = {
    "full_name": "S1", "dob": "S2", "sex": "S2", "nationality": "S2", "ethnicity": "S2", "religion": "S2", "birth_reg_place": "S2",
    "father_name": "S3", "mother_name": "S3", "spouse_name": "S3", "father_no": "S3", "mother_no": "S3", "personal_no": "S3",
    "old_id_no": "S3", "addr_perm": "S4", "hometown": "S4",
}  # fmt: skip
"""Fields compared between sources, with the code of a difference."""

_D2_SCORE: Final = 0.9


@dataclass(frozen=True, slots=True)
class DefectRule:
    """What a code means for the work."""

    code: str
    owner: str
    form: str
    proof: bool
    stops: bool


@lru_cache(maxsize=1)
def defect_rules() -> Mapping[str, DefectRule]:
    """Return the rules by code."""
    raw = tomllib.loads(files(__package__).joinpath("defects.toml").read_text("utf-8"))
    return {code: DefectRule(code, t["owner"], t["form"], t["proof"], t.get("stops", False)) for code, t in raw.items()
            if isinstance(t, dict)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One defect found: code, field, and the evidence (plain values: what each source says, which rule)."""

    code: str
    field: str
    why: str
    evidence: Mapping[str, Any] = struct_field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the dossier may not go on before it is settled."""
        return defect_rules()[self.code].stops or self.why == NumberRule.SHAPE.value


@dataclass(frozen=True, slots=True)
class Investigation:
    """What the register gave for one citizen: the branch of art. 5.1, the record taken for this person, and how it was found."""

    branch: Branch
    record: PersonRecord | None
    found_by: str
    source: str
    same_number: tuple[PersonRecord, ...] = ()
    same_person: tuple[PersonRecord, ...] = ()
    complete: bool = True


def investigate(population: Population, declared: Mapping[str, str], chip: Mapping[str, str] | None = None) -> Investigation:
    """Look the citizen up: by number, by old number, then by name, birth and parents; and look for a second record.

    Raises:
        TransferError: the register does not answer; record `Branch.UNANSWERED` and compare before sending.
    """
    said = {**(chip or {}), **{k: v for k, v in declared.items() if v}}
    number, old = said.get("personal_no", ""), said.get("old_id_no", "")
    by_number = population.by_number(number) if number else None
    named = _by_name(population, said)
    record, found_by = _own(by_number, said, named), "number"
    if record is None and chip and chip.get("personal_no", number) != number:
        record, found_by = _own(population.by_number(chip["personal_no"]), said, named), "chip"
    if record is None and old:
        record, found_by = _own(population.by_old_number(old), said, named), "old-number"
    if record is None and named is not None:
        record, found_by = next((r for r in named.records if _is_person(r, said)), None), "name"
    same_number = by_number.records if by_number is not None and len(by_number.records) > 1 else ()
    others = tuple(r for r in named.records if record is not None and r.personal_no != record.personal_no and _is_person(r, said)
                   and r.status is not RecordStatus.CANCELLED) if named is not None else ()  # fmt: skip
    answer = by_number or named
    return Investigation(Branch.ABSENT if record is None else Branch.UNCHANGED, record, found_by if record else "", population.source,
                         same_number, others, answer.complete if answer is not None else True)  # fmt: skip


def _by_name(population: Population, said: Mapping[str, str]) -> Answer | None:
    if not said.get("full_name"):
        return None
    parents = tuple(said[p] for p in ("father_name", "mother_name") if said.get(p))
    return population.by_name(NameQuery(said["full_name"], _date(said.get("dob", "")), parents))


def _date(text: str) -> PartialDate | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


def _own(answer: Answer | None, said: Mapping[str, str], named: Answer | None) -> PersonRecord | None:
    """Return this citizen's record among those of a number: the one that fits best, none when all are clearly other people."""
    if answer is None or not answer.records:
        return None
    best = max(answer.records, key=lambda r: _likeness(r, said))
    if _likeness(best, said) > 0:
        return best
    # Nothing of this record fits: a mistyped number that belongs to somebody else, unless nobody else is found by name.
    return None if named is not None and any(_is_person(r, said) for r in named.records) else best


def _likeness(record: PersonRecord, said: Mapping[str, str]) -> int:
    points = 0
    for name, weight in (("full_name", 3), ("dob", 2), ("father_name", 1), ("mother_name", 1), ("old_id_no", 2)):
        result = agree(name, record.fields.get(name, ""), said.get(name, ""))
        if result is Agreement.MISSING:
            continue
        points += weight if result in {Agreement.SAME, Agreement.TONE_PLACED, Agreement.MARKS_DIFFER, Agreement.PARTIAL} else 0
    return points


def _is_person(record: PersonRecord, said: Mapping[str, str]) -> bool:
    """Return whether name, birth and parents say this record is the same person (D2 block of the notes)."""

    def close(name: str) -> Agreement:
        return agree(name, record.fields.get(name, ""), said.get(name, ""))

    near = {Agreement.SAME, Agreement.TONE_PLACED, Agreement.MARKS_DIFFER}
    if close("full_name") not in near or close("dob") not in {Agreement.SAME, Agreement.PARTIAL}:
        return False
    parents = [close(p) for p in ("father_name", "mother_name")]
    return any(p in near for p in parents) and all(p in near or p is Agreement.MISSING for p in parents)


def find_defects(sources: Sources, investigation: Investigation | None, *, kind: str, units: UnitTable, day: date,
                 mandatory: Sequence[str] = (), finger_hits: Sequence[str] = (), phone_users: int = 0) -> tuple[Found, ...]:  # fmt: skip
    """Return all defects of one citizen.

    Args:
        sources: what each source says (`DossierState.sources`).
        investigation: the register's side; None while it has not answered.
        kind: first, exchange or reissue.
        units: the unit tables of the site.
        day: today.
        mandatory: fields an application of this kind cannot be sent without.
        finger_hits: dossiers whose fingers match this one's (local search before sealing).
        phone_users: how many other people gave this phone number here.
    """
    found: list[Found] = []
    declared = sources.get(FieldSource.DECLARED, {})
    record = investigation.record if investigation is not None else None
    found += _status(record)
    found += _between_sources(sources, units, day)
    found += _number_rules(sources, units)
    found += _unit_rules(sources, units)
    found += _incomplete(sources, declared, mandatory)
    if investigation is not None:
        found += _register_rules(investigation, sources, kind)
    found += [Found("D3", "fingers", "finger-enrolled", {"dossiers": list(finger_hits)})] if finger_hits else []
    if phone_users >= 5:
        found.append(Found("S3", "phone", "phone-shared", {"others": phone_users}))
    return tuple({(f.code, f.field): f for f in reversed(found)}.values())[::-1]


def _status(record: PersonRecord | None) -> list[Found]:
    if record is None:
        return []
    if record.status.stops:
        return [Found("X1", "status", record.status.value)]
    return [Found("X1", "status", "death-date")] if record.fields.get("death_date") else []


def compare_field(name: str, sources: Sources, units: UnitTable, day: date) -> tuple[Agreement, dict[str, str]]:
    """Return the gravest agreement between the declared value (or the first source that speaks) and every other, and what each says."""
    speaking = {s.value: v[name] for s, v in sources.items() if v.get(name)}
    order = [s for s in (FieldSource.CORRECTION, FieldSource.DECLARED, FieldSource.REGISTER, FieldSource.CHIP, FieldSource.QR,
                         FieldSource.PAPERS) if sources.get(s, {}).get(name)]  # fmt: skip
    worst = Agreement.SAME if len(order) > 1 else Agreement.MISSING
    for other in order[1:]:
        one_values, other_values = sources[order[0]], sources[other]
        unit = f"{name}_unit"
        if name in {"addr_perm", "hometown", "birth_reg_place"}:
            result = agree_places(
                (one_values[name], one_values.get(unit, "")), (other_values[name], other_values.get(unit, "")), units, day
            )
        else:
            result = agree(name, one_values[name], other_values[name])
        worst = max(worst, result, key=SEVERITY.__getitem__)
    return worst, speaking


def _between_sources(sources: Sources, units: UnitTable, day: date) -> list[Found]:
    found = []
    for name, code in FIELD_CODES.items():
        worst, speaking = compare_field(name, sources, units, day)
        if worst.fault:
            found.append(Found(code, name, worst.value, speaking))
    return found


def _number_rules(sources: Sources, units: UnitTable) -> list[Found]:
    number = _first(sources, "personal_no")
    if not number:
        return []
    birth = _date(_first(sources, "dob"))
    sex = {"M": Sex.MALE, "F": Sex.FEMALE}.get(_first(sources, "sex"))
    broken = [r for r in check_number(number, birth_year=birth.year if birth else None, sex=sex)
              if r is not NumberRule.PLACE_UNKNOWN]  # fmt: skip
    places = _birth_codes(_first(sources, "birth_reg_unit"), units)
    if NumberRule.SHAPE not in broken and places and number[:3] not in places:
        broken.append(NumberRule.PLACE)
    if not broken:
        return []
    return [Found("S2", "personal_no", broken[0].value, {"rules": [r.value for r in broken]})]


def _birth_codes(reference: str, units: UnitTable) -> set[str]:
    """Return the three-digit codes a birth registered at `reference` may have given: one before the merger, several after it."""
    unit = units.of_reference(reference) if reference else None
    province = units.province(unit) if unit is not None else None
    if province is None:
        return set()
    if province.valid_to is not None:
        return {f"0{province.code}"}
    before = date.fromordinal(MERGER.toordinal() - 1)
    return {f"0{p.code}" for p in units.all(UnitLevel.PROVINCE, before) if province in units.today(p, MERGER)} | {
        f"0{province.code}"
    }


def _first(sources: Sources, name: str) -> str:
    order = (
        FieldSource.CORRECTION,
        FieldSource.DECLARED,
        FieldSource.CHIP,
        FieldSource.QR,
        FieldSource.REGISTER,
        FieldSource.PAPERS,
    )
    return next((sources[s][name] for s in order if sources.get(s, {}).get(name)), "")


def _unit_rules(sources: Sources, units: UnitTable) -> list[Found]:
    return [
        Found("S4", name.removesuffix("_unit"), "unit-unknown", {"source": source.value, "unit": reference})
        for source, values in sources.items()
        for name in ("addr_perm_unit", "hometown_unit")
        if (reference := values.get(name)) and units.of_reference(reference) is None
    ]


def _incomplete(sources: Sources, declared: Mapping[str, str], mandatory: Sequence[str]) -> list[Found]:
    found = []
    birth = _date(_first(sources, "dob"))
    proven = bool(sources.get(FieldSource.PAPERS, {}).get("dob_pledge"))
    if birth is not None and not birth.complete and not proven:
        found.append(Found("T1", "dob", "date-partial", {"known": str(birth)}))
    given = {**sources.get(FieldSource.CORRECTION, {}), **{k: v for k, v in declared.items() if v}}
    found += [Found("T2", name, "not-given") for name in ("addr_perm", "phone") if name in mandatory and not given.get(name)]
    return found


def _register_rules(investigation: Investigation, sources: Sources, kind: str) -> list[Found]:
    found = []
    record = investigation.record
    if record is None:
        if investigation.complete and investigation.branch is Branch.ABSENT:
            found.append(Found("T2", "record", "no-record"))
        return found
    if investigation.same_number:
        found.append(Found("D1", "personal_no", "number-twice", {"records": len(investigation.same_number)}))
    if investigation.same_person:
        found.append(Found("D2", "personal_no", "person-twice", {"records": 1 + len(investigation.same_person)}))
    if kind == "first" and record.fields.get("card_issued"):
        found.append(Found("X2", "kind", "card-exists", {"issued": record.fields["card_issued"]}))
    elsewhere = next((v["old_id_no"] for s, v in sources.items() if s is not FieldSource.REGISTER and v.get("old_id_no")), "")
    if bool(elsewhere) != bool(record.fields.get("old_id_no")):
        found.append(Found("T3", "old_id_no", "old-number-unlinked"))
    return found


def branch_of(investigation: Investigation, found: Sequence[Found]) -> Branch:
    """Return the branch of art. 5.1: a present and unchanged, b present but changed, c absent."""
    if investigation.record is None:
        return investigation.branch
    return Branch.CHANGED if any(f.code[0] == "S" for f in found) else Branch.UNCHANGED
