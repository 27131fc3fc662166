"""The demo's chip cards: an invented citizen's old card, put on the simulated reader and read like any other.

The card says what the citizen's *chip* telling says, so planted differences show in the comparison. Everything is marked
simulated; nothing here trusts or is trusted by a production station.
"""

from __future__ import annotations

from devices.contract import Source
from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.simulated.card import Chip
from devices.simulated.card_authority import test_authority
from devices.simulated.card_faults import Fault
from devices.simulated.card_groups import Citizen
from devices.simulated.card_issue import personalise
from devices.simulated.card_reader import SimulatedCardReader
from station.app import Station
from station.chip import ChipReport, csca_store, report, store_reading
from station.dossier.kinds import Kind
from station.population.synthetic import SyntheticCitizen
from station.vietnam.codes import code_lists
from station.vietnam.dates import parse_date
from station.vietnam.fields import field_rules
from station.vietnam.names import split_name


def demo_chip(citizen: SyntheticCitizen, faults: frozenset[Fault] = frozenset()) -> Chip | None:
    """Return the citizen's old chip card, None for somebody who has none."""
    told = citizen.chip
    if told is None or not told.get("personal_no") or not told.get("dob"):
        return None

    def word(name: str, default: str) -> str:
        kind, _, detail = field_rules()[name].check.partition(":")
        value = told.get(name, "")
        return (code_lists()[detail].text(value) if kind == "code" else value) or default

    family, rest = split_name(told["full_name"])
    middle, _, given = rest.rpartition(" ")
    expiry = told.get("card_expiry", "")
    person = Citizen(
        number=told["personal_no"],
        family=family,
        middle=middle,
        given=given,
        birth=parse_date(told["dob"]).earliest,
        sex=told.get("sex", "M"),
        issued=parse_date(told.get("card_issued") or "2021-06-01").earliest,
        expiry=parse_date(expiry).earliest if expiry[:1].isdigit() else None,
        old_number=told.get("old_id_no") or None,
        ethnicity=word("ethnicity", "Kinh"),
        religion=word("religion", "Không"),
        origin=told.get("hometown") or "—",
        residence=told.get("addr_perm") or "—",
        marks=told.get("marks") or "—",
        father=told.get("father_name") or None,
        mother=told.get("mother_name") or None,
    )
    return Chip(personalise(person, faults=faults))


def read_demo_card(
    station: Station, dossier: str, citizen: SyntheticCitizen, faults: frozenset[Fault] = frozenset()
) -> ChipReport | None:
    """Read the citizen's card into the dossier, unless that is done already; None for somebody without a chip card.

    Raises:
        DeviceError: the card cannot be read (fault switches). StorageError: the journal cannot be written.
    """
    chip = demo_chip(citizen, faults)
    if chip is None or any(event.kind == Kind.CARD_READ for event in station.journal.events(dossier)):
        return None
    with SimulatedCardReader(chip=chip) as reader:
        data = ChipReading(AccessKey.from_can(chip.made.can)).run(reader.connect)
    now = station.clock.now()
    register = citizen.register.fields if citizen.register is not None else None
    result = report(data, csca_store(None, (test_authority().der,)), now, source=Source.SIMULATED, population=register)
    store_reading(station.book, station.journal, dossier, data, result, now)
    return result
