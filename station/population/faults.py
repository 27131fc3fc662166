"""Plants the data faults of everyday registers (section 5 of the notes) in synthetic people.

It imports nothing of what finds them: no comparison keys, no number rules. Each function changes what a real mistake would
change, in the source where it happens.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from station.population.model import PersonRecord, RecordStatus
from station.population.synthetic import Draft, PlantedFault
from station.vietnam.units import UnitLevel, default_units

if TYPE_CHECKING:
    from station.population.synthetic import SyntheticPopulation

_TONE_PLACES: Final = (("OÀ", "ÒA"), ("OÁ", "ÓA"), ("OẢ", "ỎA"), ("UỶ", "ỦY"), ("UÝ", "ÚY"), ("UỲ", "ÙY"), ("OÈ", "ÒE"))
_OTHER_MARKS: Final = {"Ả": "Ã", "Ã": "Ả", "Ỗ": "Ổ", "Ễ": "Ể", "Ư": "U", "Ơ": "O", "Ă": "A", "Â": "A", "Ị": "I", "Ù": "Ú", "Ú": "Ù",
                       "Ề": "Ế", "Ế": "Ề", "À": "Á", "Á": "À", "Đ": "D", "Ạ": "A", "Ấ": "Ậ", "Ậ": "Ấ", "Ầ": "Ẩ", "Ê": "E", "Ô": "O",
                       "Ũ": "Ủ", "Ý": "Ỳ", "Ò": "Ó", "Ó": "Ò", "Ọ": "O", "Ổ": "Ỗ", "Ờ": "Ơ", "Ệ": "Ê", "Ồ": "Ô"}  # fmt: skip
_SOUNDS: Final = (("NG", "N"), ("X", "S"), ("TR", "CH"), ("L", "N"), ("Y", "I"), ("T", "C"), ("H", "K"))


def _everywhere(draft: Draft, name: str, value: str) -> None:
    draft.truth[name] = value
    for telling in (draft.register, draft.chip, draft.papers, draft.declared):
        if telling is not None and (name in telling or name in {"personal_no"}):
            telling[name] = value


def _fault(draft: Draft, code: str, field: str, variant: str) -> None:
    draft.faults.append(PlantedFault(code, field, variant))


def _target(draft: Draft, rng: random.Random) -> dict[str, str] | None:
    """Return the register, or now and then the old chip, as the place of the mistake."""
    if draft.chip is not None and rng.random() < 0.3:
        return draft.chip
    return draft.register


def name_tone(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S1: the tone mark stands on the other vowel."""
    target = _target(draft, rng)
    if target is None:
        return False
    name = draft.truth["full_name"]
    for one, other in _TONE_PLACES:
        for a, b in ((one, other), (other, one)):
            at = name.find(a)
            # Only in an open syllable are both spellings in use (HOÀ/HÒA, but HOÀNG has one).
            if at >= 0 and name[at + 2 : at + 3] in {"", " "} and name[at - 1 : at] != "Q":
                target["full_name"] = name[:at] + b + name[at + 2 :]
                _fault(draft, "S1", "full_name", "tone")
                return True
    return False


def name_marks(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S1: one mark is wrong."""
    target = _target(draft, rng)
    name = draft.truth["full_name"]
    places = [i for i, c in enumerate(name) if c in _OTHER_MARKS]
    if target is None or not places:
        return False
    at = rng.choice(places)
    target["full_name"] = name[:at] + _OTHER_MARKS[name[at]] + name[at + 1 :]
    _fault(draft, "S1", "full_name", "marks")
    return True


def name_letters(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S1: another letter, as heard or mistyped."""
    target = _target(draft, rng)
    name = draft.truth["full_name"]
    if target is None:
        return False
    for one, other in rng.sample(_SOUNDS, len(_SOUNDS)):
        at = name.rfind(one)
        if at > 0:
            target["full_name"] = name[:at] + other + name[at + len(one) :]
            _fault(draft, "S1", "full_name", "letters")
            return True
    return False


def number_sex(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """S2: the number was made for the other sex."""
    number = draft.truth["personal_no"]
    _everywhere(draft, "personal_no", number[:3] + str(int(number[3]) ^ 1) + number[4:])
    _fault(draft, "S2", "personal_no", "sex")
    return True


def number_year(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S2: the number was made with another year of birth."""
    number = draft.truth["personal_no"]
    year = (int(number[4:6]) + rng.choice([1, 2, 9, 91, 98])) % 100
    _everywhere(draft, "personal_no", f"{number[:4]}{year:02d}{number[6:]}")
    _fault(draft, "S2", "personal_no", "year")
    return True


def number_place(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """S2: the number names another province than the birth registration."""
    _everywhere(draft, "personal_no", "098" + draft.truth["personal_no"][3:])
    _fault(draft, "S2", "personal_no", "place")
    return True


def birth_differs(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S2: day and month of birth were swapped or mistyped in the register."""
    target = _target(draft, rng)
    if target is None:
        return False
    year, month, day = draft.truth["dob"].split("-")
    swapped = f"{year}-{day}-{month}" if int(day) <= 12 and day != month else f"{year}-{month}-{int(day) % 28 + 1:02d}"
    target["dob"] = swapped
    _fault(draft, "S2", "dob", "day")
    return True


def parent_name(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> bool:
    """S3: the register has another name for a parent or the spouse."""
    if draft.register is None:
        return False
    field = rng.choice([f for f in ("father_name", "mother_name", "spouse_name") if f in draft.truth])
    sex = "F" if field == "mother_name" or (field == "spouse_name" and draft.truth["sex"] == "M") else "M"
    other = population._name(rng, sex, rng.choice(["BẾ", "NÔNG", "QUÁCH"]))  # noqa: SLF001 - the same room
    draft.register[field] = other
    _fault(draft, "S3", field, "name")
    return True


def own_number(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S3: the citizen's form has a wrong digit in the own number."""
    if draft.register is None:
        return False
    number = draft.truth["personal_no"]
    at = rng.randrange(6, 12)
    draft.declared["personal_no"] = number[:at] + str((int(number[at]) + rng.randrange(1, 10)) % 10) + number[at + 1 :]
    _fault(draft, "S3", "personal_no", "digit")
    return True


def old_number(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """S3: the old nine-digit number differs between form and register."""
    old = draft.truth.get("old_id_no")
    if old is None or draft.register is None:
        return False
    at = rng.randrange(1, 9)
    draft.register["old_id_no"] = old[:at] + str((int(old[at]) + rng.randrange(1, 10)) % 10) + old[at + 1 :]
    _fault(draft, "S3", "old_id_no", "digit")
    return True


def moved(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> bool:
    """S4: the register still has the former residence."""
    if draft.register is None:
        return False
    units = default_units()
    here = draft.truth["addr_perm_unit"].partition("@")[0]
    others = [u for u in units.all(UnitLevel.COMMUNE, population.today) if u.code != here]
    there = rng.choice(others)
    draft.register["addr_perm_unit"] = f"{there.code}@{population.today.isoformat()}"
    draft.register["addr_perm"] = f"Thôn {rng.randrange(1, 10)}, {units.path(there)}"
    _fault(draft, "S4", "addr_perm", "moved")
    return True


def moved_nearby(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """S4: the register has another hamlet of the same commune."""
    if draft.register is None:
        return False
    hamlet, _comma, rest = draft.register["addr_perm"].partition(", ")
    draft.register["addr_perm"] = f"Thôn {int(hamlet.rsplit(' ', 1)[1]) % 9 + 1}, {rest}"
    _fault(draft, "S4", "addr_perm", "hamlet")
    return True


def unit_gone(draft: Draft, _: random.Random, population: SyntheticPopulation) -> bool:
    """S4: the register names a unit that does not exist on that day."""
    if draft.register is None:
        return False
    draft.register["addr_perm_unit"] = f"99999@{population.today.isoformat()}"
    _fault(draft, "S4", "addr_perm", "unit")
    return True


def year_only(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """T1: nobody knows day and month."""
    _everywhere(draft, "dob", draft.truth["dob"][:4])
    _fault(draft, "T1", "dob", "year-only")
    return True


def no_residence(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """T2: no permanent residence anywhere."""
    for telling in (draft.register, draft.chip, draft.declared):
        for name in ("addr_perm", "addr_perm_unit"):
            if telling is not None:
                telling.pop(name, None)
    _fault(draft, "T2", "addr_perm", "none")
    return True


def no_record(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """T2: the register does not know the person."""
    draft.register, draft.chip, draft.kind = None, None, "first"
    _fault(draft, "T2", "record", "absent")
    return True


def no_phone(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """T2: no phone number."""
    draft.declared.pop("phone", None)
    _fault(draft, "T2", "phone", "none")
    return True


def no_old_link(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """T3: the register lost the link to the nine-digit number."""
    if draft.register is None or "old_id_no" not in draft.truth:
        return False
    draft.register.pop("old_id_no", None)
    _fault(draft, "T3", "old_id_no", "no-link")
    return True


def number_twice(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> bool:
    """D1: the same number stands with another person too."""
    if draft.register is None:
        return False
    other = {k: v for k, v in draft.register.items() if k not in {"old_id_no", "spouse_name"}}
    other["full_name"] = population._name(rng, draft.truth["sex"], "QUÁCH")  # noqa: SLF001 - the same room
    other["dob"] = f"{int(draft.truth['dob'][:4])}-01-{rng.randrange(1, 29):02d}"
    draft.also.append(PersonRecord(draft.truth["personal_no"], other))
    _fault(draft, "D1", "personal_no", "two-people")
    return True


def two_numbers(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> bool:
    """D2: the person stands in the register twice."""
    if draft.register is None:
        return False
    number = f"{draft.truth['personal_no'][:6]}{(int(draft.truth['personal_no'][6:]) + 1 + rng.randrange(9)) % 1_000_000:06d}"
    other = dict(draft.register) | {"personal_no": number}
    other.pop("old_id_no", None)
    draft.also.append(PersonRecord(number, other, changed=population.today))
    _fault(draft, "D2", "personal_no", "two-numbers")
    return True


def anothers_fingers(draft: Draft, rng: random.Random, _: SyntheticPopulation) -> bool:
    """D3: the fingers of somebody enrolled before (a mix-up at the counter, or a second identity)."""
    if draft.index == 0:
        return False
    draft.finger_of = draft.index - 1 if rng.random() < 0.5 else rng.randrange(draft.index)
    _fault(draft, "D3", "fingers", "previous" if draft.finger_of == draft.index - 1 else "enrolled")
    return True


def dead(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> bool:
    """X1: the register says dead, missing or cancelled."""
    if draft.register is None:
        return False
    draft.status = rng.choice([RecordStatus.DECEASED, RecordStatus.DECEASED, RecordStatus.MISSING, RecordStatus.CANCELLED])
    if draft.status is RecordStatus.DECEASED:
        draft.register["death_date"] = date(population.today.year - 1, 5, 17).isoformat()
    _fault(draft, "X1", "status", draft.status.value)
    return True


def second_first_issue(draft: Draft, _: random.Random, __: SyntheticPopulation) -> bool:
    """X2: asks for a first card with only the old number, though a chip card was issued."""
    if draft.chip is None or draft.register is None:
        return False
    draft.kind, draft.chip = "first", None
    _fault(draft, "X2", "kind", "already-issued")
    return True


PLANTERS: Final[tuple[Callable[[Draft, random.Random, SyntheticPopulation], bool], ...]] = (
    name_tone, name_marks, name_letters, number_sex, number_year, number_place, birth_differs, parent_name, own_number, old_number,
    moved, moved_nearby, unit_gone, year_only, no_residence, no_record, no_phone, no_old_link, number_twice, two_numbers, anothers_fingers, dead,
    second_first_issue,
)  # fmt: skip


def plant(draft: Draft, rng: random.Random, population: SyntheticPopulation) -> None:
    """Plant one fault in `draft`; where the drawn one does not fit this person, another is tried."""
    for planter in rng.sample(PLANTERS, len(PLANTERS)):
        if planter(draft, rng, population):
            return
