"""The card lifted at a random command, again and again: no hang, no wrong verdict, and the next card reads."""

from __future__ import annotations

from random import Random

import pytest

from devices.emrtd.access import AccessKey
from devices.emrtd.errors import CardSwappedError
from devices.emrtd.reading import ChipReading
from devices.errors import DeviceUnpluggedError
from devices.simulated.card import Chip
from devices.simulated.card_issue import Design, synthetic_citizen
from devices.simulated.card_reader import DirectChannel
from tests.devices.emrtd.conftest import verdict


def connector(chip: Chip, after: int | None = None):
    return lambda: DirectChannel(chip, pull_after=after)


def pull(count: int, seed: int, card, store) -> dict[str, int]:
    rng = Random(seed)
    design = Design(face_bytes=4000)
    people = [card(design, citizen=synthetic_citizen(number)) for number in (1, 2)]
    seen = {"resumed": 0, "swapped": 0, "whole": 0}
    for _ in range(count):
        made, other = rng.sample(people, 2)
        chip = Chip(made)
        reading = ChipReading(AccessKey.from_can(made.can), max_block=rng.choice((223, 600, 2048)))
        lifted = 0
        data = None
        while data is None:
            after = rng.randrange(0, 60) if lifted < 3 else None
            try:
                data = reading.run(connector(chip, after))
            except DeviceUnpluggedError:
                lifted += 1
        assert verdict(data, store).code == "card-verified"
        assert data.groups[2] == made.files[0x0102]
        seen["resumed" if lifted else "whole"] += 1
        # The other person's card comes back under the first one's reading: with the same CAN it would be taken for it.
        if lifted and rng.random() < 0.2:
            other.can = made.can
            late = ChipReading(AccessKey.from_can(made.can))
            try:
                late.run(connector(Chip(made), 25))
            except DeviceUnpluggedError:
                with pytest.raises(CardSwappedError):
                    late.run(connector(Chip(other)))
                seen["swapped"] += 1
            other.can = other.citizen.number[-6:]
    return seen


def test_pulls(card, store):
    seen = pull(25, 1, card, store)
    assert seen["resumed"] > 10


@pytest.mark.all
def test_five_hundred_pulls(card, store):
    seen = pull(500, 2, card, store)
    assert seen["resumed"] > 300
    assert seen["swapped"] > 10
