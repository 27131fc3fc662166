"""Cards, stores and a moment for the chip tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipData, ChipReading
from devices.emrtd.trust import CscaStore
from devices.emrtd.verdict import CardVerdict, judge
from devices.simulated.card import Chip
from devices.simulated.card_authority import TestAuthority
from devices.simulated.card_issue import Design, Personalised, personalise
from devices.simulated.card_reader import DirectChannel

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority() -> TestAuthority:
    return TestAuthority()


@pytest.fixture(scope="session")
def store(authority: TestAuthority) -> CscaStore:
    made = CscaStore()
    made.add("csca", authority.der)
    return made.settle()


@pytest.fixture
def card(authority: TestAuthority):
    """Make a personalised card of the session's state: `card(design, faults…)`."""

    def make(design: Design | None = None, *faults, **options) -> Personalised:
        return personalise(design=design, faults=frozenset(faults), authority=authority, **options)

    return make


def read(made: Personalised, key: AccessKey | None = None, **options) -> ChipData:
    chip = Chip(made)
    return ChipReading(key or AccessKey.from_can(made.citizen.number[-6:]), **options).run(lambda: DirectChannel(chip))


def verdict(data: ChipData, store: CscaStore) -> CardVerdict:
    return judge(data, store, NOW)
