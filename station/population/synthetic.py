"""100,000 synthetic people, or seven: each made on demand from (seed, index), so that a few cost nothing.

A citizen has one *truth* and five tellings of it: what the register holds, what the old chip card says, what the papers say,
what the citizen declares, and the number. In a clean citizen they agree (apart from harmless variation: letter case, old unit
names for the same place). `station.population.faults` plants the data faults. Every person is invented: place codes 098 and 099
are not assigned, phone numbers begin with 0900 000 or 0000.
"""

from __future__ import annotations

import random
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from station.population.model import Answer, NameQuery, PersonRecord, Population, RecordStatus
from station.vietnam.units import MERGER, Unit, UnitLevel, default_units

REGISTER_FIELDS: Final = (
    "full_name", "personal_no", "dob", "sex", "birth_reg_place", "birth_reg_unit", "hometown", "ethnicity", "religion", "nationality",
    "old_id_no", "father_name", "father_no", "mother_name", "mother_no", "spouse_name", "addr_perm", "addr_perm_unit", "marital", "card_issued",
)  # fmt: skip
CHIP_FIELDS: Final = ("full_name", "personal_no", "dob", "sex", "nationality", "ethnicity", "religion", "hometown", "addr_perm",
                      "marks", "father_name", "mother_name", "old_id_no", "card_issued", "card_expiry")  # fmt: skip
PAPER_FIELDS: Final = ("full_name", "dob", "sex", "hometown", "father_name", "mother_name", "birth_reg_place")
DECLARED_FIELDS: Final = (
    "full_name", "personal_no", "dob", "sex", "birth_reg_place", "birth_reg_unit", "hometown", "ethnicity", "religion", "nationality",
    "old_id_no", "father_name", "mother_name", "spouse_name", "addr_perm", "addr_perm_unit", "phone", "marital", "occupation", "marks",
)  # fmt: skip
_SERIAL_STEP: Final = 700_001  # coprime to a million: every index has its own six digits
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault put in on purpose: code of section 5 (S1 … X2), field, and which form of it."""

    code: str
    field: str
    variant: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class SyntheticCitizen:
    """One invented person and what each source says about them. `finger_of` is the index whose fingers this person shows."""

    index: int
    truth: Mapping[str, str]
    register: PersonRecord | None
    also_registered: tuple[PersonRecord, ...]
    chip: Mapping[str, str] | None
    papers: Mapping[str, str]
    declared: Mapping[str, str]
    kind: str
    faults: tuple[PlantedFault, ...] = ()
    finger_of: int = -1

    @property
    def personal_no(self) -> str:
        """The number the citizen gives."""
        return self.declared.get("personal_no", "")

    @property
    def full_name(self) -> str:
        """The name as declared."""
        return self.declared["full_name"]


@dataclass(slots=True)
class Draft:
    """A citizen in the making, so that a fault can change any telling."""

    index: int
    truth: dict[str, str]
    register: dict[str, str] | None
    status: RecordStatus
    chip: dict[str, str] | None
    papers: dict[str, str]
    declared: dict[str, str]
    kind: str
    also: list[PersonRecord] = field(default_factory=list)
    faults: list[PlantedFault] = field(default_factory=list)
    finger_of: int = -1


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", "names.toml").read_text("utf-8"))


class SyntheticPopulation:
    """The simulator: a `Population` over invented people.

    Args:
        seed: same seed, same people.
        size: how many (up to a million).
        fault_share: share of people with one planted fault (0 = all clean).
        today: day by which ages are made.
    """

    source = "simulator"

    def __init__(self, seed: int = 1, size: int = 100_000, *, fault_share: float = 0.0, today: date = date(2026, 11, 22)) -> None:
        if not 0 < size <= _MILLION:
            raise ValueError("size is 1 to 1,000,000")
        self.seed = seed
        self.size = size
        self.fault_share = fault_share
        self.today = today
        self._index: Population | None = None

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[SyntheticCitizen]:
        return (self.citizen(i) for i in range(self.size))

    def citizen(self, index: int) -> SyntheticCitizen:
        """Return person `index` (0 … size − 1)."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        rng = random.Random(f"{self.seed}:{index}")
        draft = self._clean(index, rng)
        if self.fault_share and rng.random() < self.fault_share:
            from station.population.faults import plant

            plant(draft, rng, self)
        record = PersonRecord(draft.register["personal_no"], draft.register, draft.status) if draft.register is not None else None
        return SyntheticCitizen(index, draft.truth, record, tuple(draft.also), draft.chip, draft.papers, draft.declared, draft.kind,
                                tuple(draft.faults), draft.finger_of if draft.finger_of >= 0 else index)  # fmt: skip

    # --- Population --------------------------------------------------------------------------------------------------------

    def by_number(self, number: str) -> Answer:
        """See `Population.by_number`."""
        return self._people().by_number(number)

    def by_old_number(self, number: str) -> Answer:
        """See `Population.by_old_number`."""
        return self._people().by_old_number(number)

    def by_name(self, query: NameQuery) -> Answer:
        """See `Population.by_name`."""
        return self._people().by_name(query)

    def _people(self) -> Population:
        if self._index is None:
            from station.population.index import PersonIndex

            self._index = PersonIndex.of_synthetic(self)
        return self._index

    # --- making ------------------------------------------------------------------------------------------------------------

    def number_of(self, index: int, sex: str, year: int, place: str = "099") -> str:
        """Return the personal number of person `index` with these facts; unique within a population."""
        century = 2 * ((year - 1900) // 100) + (sex == "F")
        serial = (index * _SERIAL_STEP + self.seed * 7919) % _MILLION
        return f"{place}{century}{year % 100:02d}{serial:06d}"

    def _clean(self, index: int, rng: random.Random) -> Draft:
        truth = self._truth(index, rng)
        age = self.today.year - int(truth["dob"][:4])
        has_card = age > 16 and rng.random() < 0.75
        kind = ("exchange" if rng.random() < 0.85 else "reissue") if has_card else "first"
        chip = None
        if has_card:
            issued = date(2021, 3, 1).toordinal() + rng.randrange(1500)
            truth["card_issued"] = date.fromordinal(issued).isoformat()
            chip = {k: truth[k] for k in CHIP_FIELDS if truth.get(k)}
            if issued < MERGER.toordinal():  # harmless: the card was printed when the commune still had its old name
                chip["addr_perm"] = truth["_old_unit"].partition("|")[2]
        register = {k: truth[k] for k in REGISTER_FIELDS if truth.get(k)}
        declared = {k: truth[k] for k in DECLARED_FIELDS if truth.get(k)}
        if rng.random() < 0.3:  # harmless: small letters on the form
            declared["full_name"] = declared["full_name"].title()
        if rng.random() < 0.2:  # harmless: the same commune under its name before the merger
            old = truth["_old_unit"].split("|")
            register["addr_perm_unit"], register["addr_perm"] = old[0], old[1]
        papers = {k: truth[k] for k in PAPER_FIELDS if truth.get(k)}
        if rng.random() < 0.2:  # harmless: typed without capitals and commas, marks written as separate characters
            papers["full_name"] = unicodedata.normalize("NFD", papers["full_name"].lower())
            papers["hometown"] = papers["hometown"].lower()
        truth.pop("_old_unit")
        return Draft(index, truth, register, RecordStatus.ACTIVE, chip, papers, declared, kind)

    def _truth(self, index: int, rng: random.Random) -> dict[str, str]:
        lists, units = _lists(), default_units()
        sex = "F" if rng.random() < 0.5 else "M"
        age = min(95, 14 + int(rng.betavariate(1.4, 2.6) * 80))
        day_of_birth = date(self.today.year - age, rng.randrange(1, 13), rng.randrange(1, 29))
        family = rng.choices(lists["family"], lists["family_weights"])[0]
        name = self._name(rng, sex, family)
        mother_family = rng.choices(lists["family"], lists["family_weights"])[0]
        father, mother = self._name(rng, "M", family), self._name(rng, "F", mother_family)
        communes = _old_communes()
        old = rng.choice(communes)
        new = units.today(old, self.today)[0]
        hamlet = f"Thôn {rng.randrange(1, 10)}"
        birth_unit = rng.choice([u for u in communes if u.code.startswith("99")])
        number = self.number_of(index, sex, day_of_birth.year)
        truth = {
            "full_name": name, "personal_no": number, "dob": day_of_birth.isoformat(), "sex": sex,
            "birth_reg_place": _path(birth_unit), "birth_reg_unit": f"{birth_unit.code}@2020-01-01",
            "hometown": _path(birth_unit), "nationality": "ISO3166-3:VNM",
            "ethnicity": "121-TCTK:" + rng.choices(lists["ethnicities"], lists["ethnicity_weights"])[0],
            "religion": "QCVN109-G:" + ("00" if rng.random() < 0.8 else rng.choice(["01", "02", "05", "08"])),
            "father_name": father, "mother_name": mother,
            "father_no": self._relative_number(rng, "M", day_of_birth.year - rng.randrange(20, 35)),
            "mother_no": self._relative_number(rng, "F", day_of_birth.year - rng.randrange(18, 32)),
            "addr_perm": f"{hamlet}, {_path(new)}", "addr_perm_unit": f"{new.code}@{self.today.isoformat()}",
            "phone": f"0900000{index:03d}" if index < 1000 else f"0000{index:06d}",
            "occupation": rng.choice(lists["occupations"]), "marital": "station:" + ("married" if age > 24 else "single"),
            "marks": f"{rng.choice(lists['mark_kinds'])} C: {rng.randrange(1, 5)} cm {rng.choice(lists['directions'])} "
                     f"{rng.choice(lists['landmarks'])}",
            "_old_unit": f"{old.code}@2020-01-01|{hamlet}, {_path(old)}",
        }  # fmt: skip
        if age > 24:
            other = "M" if sex == "F" else "F"
            truth["spouse_name"] = self._name(rng, other, rng.choices(lists["family"], lists["family_weights"])[0])
        if age > 26 and rng.random() < 0.7:
            truth["old_id_no"] = f"9{(index * 99_991 + self.seed) % 10**8:08d}"
        return truth

    def _relative_number(self, rng: random.Random, sex: str, year: int) -> str:
        century = 2 * ((max(year, 1900) - 1900) // 100) + (sex == "F")
        return f"099{century}{year % 100:02d}{rng.randrange(_MILLION):06d}"

    @staticmethod
    def _name(rng: random.Random, sex: str, family: str) -> str:
        lists = _lists()
        middle = rng.choice(lists["female_middle" if sex == "F" else "male_middle"])
        given = rng.choice(lists["female_given" if sex == "F" else "male_given"])
        return f"{family} {middle} {given}".upper()


@lru_cache(maxsize=1)
def _old_communes() -> tuple[Unit, ...]:
    return default_units().all(UnitLevel.COMMUNE, date(2020, 1, 1))


@lru_cache(maxsize=256)
def _path(unit: Unit) -> str:
    return default_units().path(unit)
