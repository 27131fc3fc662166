"""Nothing secret and nothing personal in any log, also at debug level: the whole session is searched for it."""

from __future__ import annotations

import logging

import pytest

from devices import mrz
from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.emrtd.session import CardSession
from devices.errors import DeviceError
from devices.simulated.card import Chip
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import Design
from devices.simulated.card_reader import DirectChannel
from tests.devices.emrtd.conftest import verdict


def secrets_of(made, session: CardSession) -> list[bytes]:
    keys = session.protection._keys if session.protection else None
    found = [made.can.encode(), made.citizen.number.encode(), made.mrz_information.encode(), *(line.encode() for line in made.citizen.mrz_lines),
             made.citizen.name.encode()]  # fmt: skip
    for content in made.files.values():
        found += [content[start : start + 12] for start in range(0, min(len(content), 400), 24)]
    if keys is not None:
        found += [keys.enc, keys.mac]
    return [value for value in found if len(value) >= 6]


@pytest.mark.allow_log
@pytest.mark.parametrize(("design", "faults", "by_mrz"), [
    (None, (), False), (Design(pace=()), (), True), (None, (Fault.TAMPERED_DG1,), False), (None, (Fault.WRONG_CAN,), False),
    (None, (Fault.MAC_LIES,), False), (None, (Fault.CLONE_CHIP_KEY,), False), (None, (Fault.DG_HUGE,), False),
])  # fmt: skip
def test_no_secret_and_no_data_in_any_log_line_error_or_repr(design, faults, by_mrz, card, store, caplog):
    made = card(design, *faults)
    text = ""
    key = (
        AccessKey.from_mrz(mrz.parse("".join(made.citizen.mrz_lines))) if by_mrz else AccessKey.from_can(made.citizen.number[-6:])
    )
    reading = ChipReading(key)
    with caplog.at_level(logging.DEBUG):
        try:
            data = reading.run(lambda: DirectChannel(Chip(made)))
            text += repr(data) + repr(verdict(data, store))
        except DeviceError as error:
            while error is not None:
                text += str(error) + repr(error) + repr(getattr(error, "details", ""))
                error = error.__cause__
        text += repr(key) + repr(made) + repr(reading.session.protection) + repr(list(reading.session.trace))
    text += caplog.text + "".join(repr(record.args) for record in caplog.records)
    assert caplog.records, "the debug log must hold the exchanges"
    lowered = text.lower()
    for secret in secrets_of(made, reading.session):
        assert secret.hex() not in lowered
        assert secret.decode("utf-8", "replace").lower() not in lowered
