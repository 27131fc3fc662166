"""Chip card: PACE, whole readings (direct and over a real pcscd), judging, and what a clerk waits for at a real card's speed.

    ./run bench card [--json]

References are the issue's targets: PACE 40 ms, whole card with a 20 kB face 250 ms over pcscd, name 1 s and photo 3 s.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from statistics import median

from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.emrtd.trust import CscaStore
from devices.emrtd.verdict import judge
from devices.simulated.card import Chip
from devices.simulated.card_authority import test_authority
from devices.simulated.card_issue import Design, personalise
from devices.simulated.card_reader import DirectChannel, Latency
from tests.bench.report import Report, cpu_ms, wall_ms
from tests.devices.emrtd import pcscd


def _pace_cpu_ms(chip: Chip, key: AccessKey) -> float:
    from devices.emrtd import pace, security_infos
    from devices.emrtd.session import CardSession

    info = security_infos.best_pace(security_infos.parse(chip.made.master_files[0x011C]))
    assert info is not None
    return cpu_ms(lambda: pace.run(CardSession(DirectChannel(chip)), info, key))


def main(arguments: list[str]) -> None:
    """Print one line per figure."""
    report = Report(arguments)
    made = personalise(design=Design(face_bytes=20_000))
    chip = Chip(made)
    key = AccessKey.from_can(made.can)
    store = CscaStore()
    store.add("csca", test_authority().der)
    store.settle()
    when = datetime.now(UTC)

    def whole() -> ChipReading:
        reading = ChipReading(key)
        reading.run(lambda: DirectChannel(chip))
        return reading

    runs = [whole().data.timings_ms for _ in range(9)]
    pace = median(r["pace"] - r["access"] for r in runs)
    report.figure("PACE, direct", pace, "ms", 40, "both sides in Python: terminal and chip")
    report.figure("PACE, direct, CPU", _pace_cpu_ms(chip, key), "ms", 40, "both sides")
    report.figure("whole card, direct, CPU", cpu_ms(whole), "ms", 250, "both sides")
    report.figure("whole card, direct, wall", wall_ms(whole), "ms", 250)
    data = whole().data
    report.figure("verdict (passive and active), CPU", cpu_ms(lambda: judge(data, store, when)), "ms")
    virtual: list[float] = []
    slow = ChipReading(key)
    slow.run(lambda: DirectChannel(chip, Latency(), wait=virtual.append))
    report.figure("time a real card takes by itself", sum(virtual) * 1000, "ms", note="latency model: 10 ms/command, 30 kB/s")
    missing = pcscd.available()
    if missing:
        report.figure("over pcscd", 0, "", note=f"not measured: {missing}")
        return
    done = pcscd.run_inside("figures")
    values = json.loads(done.stdout)
    report.figure("PACE over pcscd", values["pace_ms"], "ms", 40)
    report.figure("whole card over pcscd", values["whole_ms"], "ms", 250)
    report.figure("one exchange over pcscd", values["command_ms"], "ms")
    report.figure("name shown, real card's speed", values["name_ms"], "ms", 1000, "from connecting, over pcscd with latency")
    report.figure("photo shown, real card's speed", values["photo_ms"], "ms", 3000)
