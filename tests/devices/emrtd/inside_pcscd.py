"""Scenarios that run against a real pcscd; this module is a program (see `pcscd.py`), not a test file."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from devices import mrz
from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.emrtd.trust import CscaStore
from devices.emrtd.verdict import judge
from devices.errors import DeviceCancelledError, DeviceError, DeviceNotFoundError
from devices.pcsc import PcscReader, PcscWatch, ReaderChange
from devices.simulated.card import Chip
from devices.simulated.card_authority import test_authority
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import Design, Personalised, personalise
from devices.simulated.card_reader import NO_LATENCY, Latency
from devices.simulated.card_vpcd import VpcdCard
from tests.devices.emrtd.pcscd import PORT, Pcscd

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SCENARIOS: dict[str, Callable[..., object]] = {}


def scenario(function: Callable[..., object]) -> Callable[..., object]:
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


def store() -> CscaStore:
    made = CscaStore()
    made.add("csca", test_authority().der)
    return made.settle()


def open_reader(slot: int = 0) -> PcscReader:
    end = time.monotonic() + 10
    while True:
        try:
            readers = sorted(PcscReader.discover({}), key=lambda r: r.name)
            reader = readers[slot]
            reader.open()
            return reader
        except (DeviceError, IndexError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def read_once(reader: PcscReader, made: Personalised, key: AccessKey | None = None, **options):
    reading = ChipReading(key or AccessKey.from_can(made.citizen.number[-6:]), **options)
    for _ in range(10):
        assert reader.wait_for_card(10)
        try:
            return reading.run(reader.connect)
        except DeviceNotFoundError:
            # pcscd still showed the card that was just taken off; the next one is on its way.
            time.sleep(0.1)
    raise AssertionError("the card never came")


def card_of(made: Personalised, slot: int = 0, latency: Latency = NO_LATENCY) -> VpcdCard:
    card = VpcdCard(Chip(made), PORT + slot, latency)
    card.insert()
    return card


@scenario
def pace_and_everything() -> object:
    with Pcscd():
        made = personalise()
        card = card_of(made)
        reader = open_reader()
        info = reader.describe()
        assert info.error_code == "", info
        data = read_once(reader, made)
        assert set(data.groups) == {1, 2, 13, 14, 15}
        assert data.locked == (3,)
        verdict = judge(data, store(), NOW)
        assert verdict.code == "card-verified", verdict
        assert data.challenge_signature
        channel = reader.connect()
        limit = channel.max_data
        channel.disconnect()
        reader.close()
        card.remove()
        return {"access": data.access, "chip": verdict.chip.value, "max_data": limit}


@scenario
def bac() -> object:
    with Pcscd():
        made = personalise(design=Design(pace=()))
        card = card_of(made)
        data = read_once(open_reader(), made, AccessKey.from_mrz(mrz.parse("".join(made.citizen.mrz_lines))))
        verdict = judge(data, store(), NOW)
        assert (data.access, verdict.code) == ("BAC", "card-verified")
        card.remove()
        return data.access


@scenario
def faults() -> object:
    """The whole fault table, each case with a fresh card in the same reader."""
    from tests.devices.emrtd.test_faults import CASES

    wrong = {}
    with Pcscd():
        reader = open_reader()
        for case in CASES:
            made = personalise(design=case.design, faults=frozenset(case.faults))
            lines = "".join(made.citizen.mrz_lines)
            key = AccessKey.from_mrz(mrz.parse(lines)) if case.by_mrz else AccessKey.from_can(made.citizen.number[-6:])
            card = card_of(made)
            try:
                code = judge(read_once(reader, made, key, max_block=case.max_block), store(), NOW).code
            except DeviceError as error:
                code = error.reason_code
            if code != case.expect:
                wrong[case.name] = code
            card.remove()
        reader.close()
    assert not wrong, wrong
    return len(CASES)


@scenario
def two_readers() -> object:
    with Pcscd():
        people = [personalise(), personalise(faults=frozenset({Fault.TAMPERED_DG1}))]
        cards = [card_of(made, slot) for slot, made in enumerate(people)]
        readers = [open_reader(0), open_reader(1)]
        results: dict[int, str] = {}

        def work(slot: int) -> None:
            results[slot] = judge(read_once(readers[slot], people[slot]), store(), NOW).code

        threads = [threading.Thread(target=work, args=(slot,)) for slot in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert results == {0: "card-verified", 1: "card-group-hash"}, results
        for card in cards:
            card.remove()
        return results


@scenario
def hot_plug() -> object:
    """Insert and remove events, the service going and coming back."""
    with Pcscd() as service:
        watch = PcscWatch()
        seen: list[ReaderChange] = []

        def until(change: ReaderChange) -> None:
            end = time.monotonic() + 15
            while change not in seen:
                assert time.monotonic() < end, (change, seen)
                seen.extend(event.change for event in watch.changes(1.0))

        until(ReaderChange.READER_ADDED)
        card = card_of(personalise())
        until(ReaderChange.CARD_INSERTED)
        card.remove()
        until(ReaderChange.CARD_REMOVED)
        service.stop()
        until(ReaderChange.SERVICE_LOST)
        until(ReaderChange.READER_REMOVED)
        seen.clear()
        service.start()
        until(ReaderChange.SERVICE_BACK)
        until(ReaderChange.READER_ADDED)
        watch.close()
        return "seen"


@scenario
def absent_service_and_empty_reader() -> object:
    codes = []
    try:
        PcscReader.discover({})
    except DeviceNotFoundError as error:
        codes.append(error.reason_code)
    with Pcscd():
        reader = open_reader()
        assert not reader.wait_for_card(0.3)
        try:
            reader.connect()
        except DeviceNotFoundError as error:
            codes.append(error.reason_code)
        waiting = threading.Timer(0.3, reader.cancel)
        waiting.start()
        start = time.monotonic()
        try:
            reader.wait_for_card(20)
        except DeviceCancelledError:
            codes.append("cancelled")
        assert time.monotonic() - start < 5
        reader.close()
    codes.append(PcscReader("Enroll Virtual PCD 00 00").describe().error_code)
    assert codes == ["pcsc-service-absent", "card-absent", "cancelled", "pcsc-service-absent"], codes
    return codes


@scenario
def pulls(count: str = "30") -> object:
    """Lift the card at a random command; then resume, or read the next card. No hang, no wrong verdict."""
    rng = Random(20261122)
    outcomes: dict[str, int] = {}
    with Pcscd():
        made, trusted = personalise(), store()
        reader = open_reader()
        for _ in range(int(count)):
            card = VpcdCard(Chip(made), PORT)
            card.remove_after = rng.randrange(0, 45)
            card.insert()
            reading = ChipReading(AccessKey.from_can(made.can), max_block=rng.choice((223, 2048)))
            assert reader.wait_for_card(10)
            try:
                reading.run(reader.connect)
                outcome = judge(reading.data, trusted, NOW).code
            except DeviceError as error:
                outcome = error.reason_code
            card.remove()
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            again = card_of(made)
            assert reader.wait_for_card(10)
            deadline = time.monotonic() + 10
            while True:
                try:
                    reading.run(reader.connect)
                    break
                except DeviceError:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            assert judge(reading.data, trusted, NOW).code == "card-verified"
            again.remove()
        reader.close()
    assert set(outcomes) <= {"card-removed", "card-absent", "card-mute", "card-verified", "pcsc-fault", "card-downgrade"}, (
        outcomes
    )
    return outcomes


@scenario
def restarts(count: str = "20") -> object:
    """Kill and start pcscd in mid-reading; the same reading then goes on."""
    rng = Random(7)
    outcomes: dict[str, int] = {}
    with Pcscd() as service:
        made, trusted = personalise(), store()
        reader = open_reader()
        for turn in range(int(count)):
            card = card_of(made, latency=Latency(3, 0, 0))
            assert reader.wait_for_card(10)
            reading = ChipReading(AccessKey.from_can(made.can), max_block=600)
            killer = threading.Timer(rng.uniform(0.0, 0.25), service.stop, kwargs={"hard": bool(turn % 2)})
            killer.start()
            try:
                reading.run(reader.connect)
                outcome = judge(reading.data, trusted, NOW).code
            except DeviceError as error:
                outcome = error.reason_code
            killer.join()
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            card.remove()
            service.start()
            card.insert()
            assert reader.wait_for_card(15)
            deadline = time.monotonic() + 15
            while True:
                try:
                    reading.run(reader.connect)
                    break
                except DeviceError:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            assert judge(reading.data, trusted, NOW).code == "card-verified"
            card.remove()
        reader.close()
    assert not set(outcomes) & {"card-group-hash", "card-chip-clone"}, outcomes
    return outcomes


@scenario
def figures(repeat: str = "7", face: str = "20000") -> object:
    """Times over pcscd without latency: PACE alone and the whole card (milliseconds, medians)."""
    from statistics import median

    with Pcscd():
        made = personalise(design=Design(face_bytes=int(face)))
        card = card_of(made)
        reader = open_reader()
        read_once(reader, made)
        opens, wholes = [], []
        for _ in range(int(repeat)):
            reading = ChipReading(AccessKey.from_can(made.can))
            reading.run(reader.connect)
            exchanges = sum(e.took_ms for e in reading.session.trace)
            opens.append(reading.data.timings_ms["pace"] - reading.data.timings_ms["access"])
            wholes.append(reading.data.timings_ms["done"])
        channel = reader.connect()
        start = time.perf_counter()
        for _ in range(50):
            channel.transmit(bytes.fromhex("00A4020C02011C"))
        per_command = (time.perf_counter() - start) * 20
        channel.disconnect()
        card.remove()
        slow = card_of(made, latency=Latency())
        reader.wait_for_card(10)
        reading = ChipReading(AccessKey.from_can(made.can))
        reading.run(reader.connect)
        timings = reading.data.timings_ms
        slow.remove()
        reader.close()
        return {"pace_ms": median(opens), "whole_ms": median(wholes), "exchange_ms": exchanges, "command_ms": per_command,
                "name_ms": timings["DG1"], "photo_ms": timings["DG2"]}  # fmt: skip


def main() -> int:
    result = SCENARIOS[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
