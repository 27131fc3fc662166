"""A shift at one window: dossier after dossier with fast simulated devices, every one another person; memory, threads, handles, latency.

    ./run bench shift [--json] [--all] [--count N] [--minutes M]

20 dossiers; ``--all`` is the whole shift of 400 (hours on a busy machine: ``--minutes`` ends it early and the figures say how many
there were). Devices and rules run at four times their pace. Latency is what an officer waits for, as the median of each quarter of
the shift: from F12 to the look-up, from the last signature to the sealed package, from a frame to its overlay; CPU time stands beside
it, because wall times on a shared machine also hold what others got.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench.report import Report

if TYPE_CHECKING:
    from tests.ui.driver import Clerk

SPEED = 4.0
WARM = 4
"""Dossiers before the first measure: by then every page, model and finger has been used once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier: seconds of CPU and of wall time, what the officer waited for, and what the process holds afterwards.

    All people are different, so `findings` of the sequence check are false ones (the officer goes on, F12); `asked`: the seal
    waited for a supervisor because of them, who was there and let it pass.
    """

    cpu_s: float
    wall_s: float
    called_s: float
    sealed_s: float
    overlay_s: float
    findings: int
    asked: bool
    rss_mb: float
    threads: int
    handles: int


def main(arguments: list[str]) -> int:
    """Print one line per figure."""
    count = 400 if "--all" in arguments else max(2 * WARM, int(_after(arguments, "--count", "20")))
    end = time.monotonic() + 60 * float(_after(arguments, "--minutes", "1e6"))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from devices.simulated.scanner import SimulatedScanner
    from station.clock import SystemClock
    from ui.main import application, preload

    class Fast(SystemClock):
        """Time for devices and rules, four times as fast."""

        def monotonic(self) -> float:
            """Seconds, sped up."""
            return SPEED * super().monotonic()

        def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
            """Wait a quarter of it."""
            return super().wait(seconds / SPEED, stop)

    # Growing ten fingers is the simulator's work, not the station's: those that are asked for grow when they are.
    SimulatedScanner.warm_up = lambda self, fingers=(): None
    application()
    from tests.ui.driver import Clerk

    preload()
    rows: list[Row] = []
    with TemporaryDirectory(prefix="bench-shift-") as made:
        clerk = Clerk(Path(made) / "demo", clock=Fast(), visitors=count)
        for number, visitor in enumerate(list(clerk.counter.queue.visitors.values())):
            clerk.counter.queue.visitors[visitor.ticket] = replace(visitor, seed=70_001 + number, card=None)
        try:
            while len(rows) < count and time.monotonic() < end:
                rows.append(_dossier(clerk))
                if len(rows) % 5 == 0:
                    sys.stderr.write(f"{len(rows)} dossiers: {rows[-1]}\n")
        finally:
            clerk.close()
    _tell(Report(arguments), rows)
    return 0


def _dossier(clerk: Clerk) -> Row:
    """Enroll the next person of the queue as the clerk does."""
    clerk.capture.view.delays = []
    _forget_people()
    cpu, wall = time.process_time(), time.monotonic()
    clerk.key("F12")
    clerk.until(
        lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and not clerk.lookup.reading and clerk.primary()
    )
    called = time.monotonic() - wall
    clerk.through_lookup()
    findings = _captured(clerk)
    delays = list(clerk.capture.view.delays)
    sealing, asked = time.monotonic(), False
    while True:
        clerk.until(lambda: clerk.review.next != "")
        if clerk.review.next == "done":
            break
        if clerk.review.next == "supervisor":
            asked = True
            _supervisor(clerk)
            continue
        sealing = time.monotonic()
        clerk.key("F12")
    sealed = time.monotonic() - sealing
    _slip(clerk)
    return Row(
        time.process_time() - cpu,
        time.monotonic() - wall,
        called,
        sealed,
        median(delays) if delays else 0.0,
        findings,
        asked,
        _rss_mb(),
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
    )


def _slip(clerk: Clerk) -> None:
    """Print the slip and go back to the queue: a sealed dossier whose slip was not given is the next sensible thing there."""
    from ui.screens.finish import FinishScreen

    clerk.key("F12")
    clerk.until(lambda: clerk.page == "FinishScreen" and clerk.primary())
    page = clerk.shell.page
    assert isinstance(page, FinishScreen)
    clerk.key("F12")
    clerk.until(lambda: bool(page.slip) and clerk.primary())
    before = clerk.home.view
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None and clerk.home.view is not before)


def _forget_people() -> None:
    """Let the simulator forget fingers and faces of those who left: it keeps some ninety megabytes of them, which no station has."""
    from biometrics.fingerprint.synthesis.master import grow_finger
    from biometrics.portrait.synthesis import person

    for grown in (grow_finger, person.relief, person.texture):
        grown.cache_clear()


def _supervisor(clerk: Clerk) -> None:
    """Let a supervisor decide what waits, on the station's own thread, and show the review anew."""
    from station.demo_team import demo_pins

    counter, dossier, done = clerk.counter, clerk.review.dossier, []
    pin = demo_pins(counter.station)["truong-ca"]
    job = partial(counter.supervisor.decide_here, dossier, "truong-ca", pin, reason="looked at side by side: different fingers")
    clerk.shell.jobs.submit(job, done.append, clerk.errors.append)
    clerk.until(lambda: bool(done))
    clerk.shell.go("review", dossier)
    clerk.until(lambda: clerk.review.next not in {"", "supervisor"})


def _captured(clerk: Clerk) -> int:
    """Stay on the capture pages until they are over; return how often a finding had to be answered."""
    from ui.screens.capture import CaptureScreen
    from ui.screens.live import LiveScreen

    findings = 0

    def over() -> bool:
        nonlocal findings
        page = clerk.shell.page
        if isinstance(page, CaptureScreen) and page.finding is not None:
            findings += 1
            clerk.key("F12")
        elif isinstance(page, LiveScreen) and page.decide:
            clerk.key("F12")
        return clerk.page == "ReviewScreen"

    clerk.until(over)
    return findings


def _tell(report: Report, rows: list[Row]) -> None:
    first, tail = rows[WARM - 1 : WARM + 2], rows[-3:]
    report.figure("dossiers", float(len(rows)), "")
    report.figure("findings of the sequence check, all false", float(sum(r.findings for r in rows)), "")
    report.figure("dossiers whose seal waited for a supervisor because of them", float(sum(r.asked for r in rows)), "")
    report.figure("memory growth after the first dossiers", _mid(tail, _rss) - _mid(first, _rss), "MB", 50)
    report.figure("resident at the end", rows[-1].rss_mb, "MB")
    report.figure("threads more than after the first dossiers", float(rows[-1].threads - rows[WARM].threads), "")
    report.figure("handles more than after the first dossiers", float(rows[-1].handles - rows[WARM].handles), "")
    quarter = max(1, (len(rows) - WARM) // 4)
    quarters = [rows[WARM + k * quarter : WARM + (k + 1) * quarter] for k in range(4)]
    for name, of in (
        ("CPU a dossier", lambda r: r.cpu_s),
        ("wall time a dossier", lambda r: r.wall_s),
        ("from F12 to the look-up", lambda r: r.called_s),
        ("from the last signature to sealed", lambda r: r.sealed_s),
        ("frame to overlay, median", lambda r: r.overlay_s),
    ):
        middles = [_mid(q, of) for q in quarters if q]
        note = "s, by quarter of the shift: " + ", ".join(f"{m:.3f}" for m in middles)
        report.figure(f"{name}, last quarter against first", middles[-1] / middles[0], "ratio", 1.0, note)


def _mid(rows: list[Row], of: Callable[[Row], float]) -> float:
    return median(of(r) for r in rows)


def _rss(row: Row) -> float:
    return row.rss_mb


def _after(arguments: list[str], name: str, default: str) -> str:
    return arguments[arguments.index(name) + 1] if name in arguments else default


def _rss_mb() -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
