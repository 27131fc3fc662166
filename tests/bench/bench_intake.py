"""How much one intake takes: sustained uploads with full verification on PostgreSQL, sealed beforehand.

    ./run bench intake [--seconds N] [--megabytes 1.5] [--stations 6] [--sqlite] [--json]

The load generator runs in this process; its CPU is stated apart. Figures of 2 cores that both sides share.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from station.carriers.model import Parcel
from station.package.identity import read_answer
from tests.bench.report import Report
from tests.station.intake.harness import Station
from tests.station.intake.postgres import Postgres, programs


def main(arguments: list[str]) -> None:
    """Print packages per second, receipt times, and the CPU of each side."""
    report = Report(arguments)
    seconds = float(_option(arguments, "--seconds", "30"))
    sizes = [float(_option(arguments, "--megabytes", "0"))] if "--megabytes" in arguments else [1.5, 6.0]
    for megabytes in sizes:
        _run(report, seconds, megabytes, int(_option(arguments, "--stations", "6")), "--sqlite" not in arguments)


def _option(arguments: list[str], name: str, default: str) -> str:
    return arguments[arguments.index(name) + 1] if name in arguments else default


def _run(report: Report, seconds: float, megabytes: float, stations: int, use_postgres: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-intake-"))
    postgres = Postgres() if use_postgres and programs() else None
    command = [sys.executable, "-m", "station", "intake", "serve", "--folder", str(folder / "intake"), "--port", "0", "--demo",
               "--json", *(["--database", postgres.url] if postgres else [])]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        code = [sys.executable, "-m", "station", "intake", "code", "--folder", str(folder / "intake"), "--demo", "--json",
                *(["--database", postgres.url] if postgres else [])]  # fmt: skip
        parties = []
        for number in range(stations):
            one = Station(folder / f"station{number}")
            one.enroll(url, json.loads(subprocess.check_output(code, text=True))["code"])
            parties.append(one)
        wanted = int(seconds * (30 if megabytes < 3 else 10))
        each = int(megabytes * 1e6 / 14) - 350
        names = _seal(folder, parties, wanted, each)
        _load(report, url, folder, parties, names, seconds, megabytes, process.pid, postgres)
    finally:
        process.terminate()
        process.wait(30)
        if postgres:
            postgres.close()
        shutil.rmtree(folder, ignore_errors=True)


def _seal(folder: Path, parties: list[Station], count: int, each: int) -> list[list[tuple[str, str]]]:
    """Seal `count` packages to files; returns (name, manifest) per station."""
    out = folder / "sealed"
    out.mkdir()
    names: list[list[tuple[str, str]]] = [[] for _ in parties]
    for number in range(count):
        place = number % len(parties)
        sealed = parties[place].seal(number, sizes=(each,) * 14)
        (out / sealed.package_id).write_bytes(sealed.data)
        names[place].append((sealed.sha256, sealed.manifest_sha256))
    return names


def _load(report: Report, url: str, folder: Path, parties: list[Station], names: list[list[tuple[str, str]]], seconds: float,
          megabytes: float, pid: int, postgres: Postgres | None) -> None:  # fmt: skip
    times: list[float] = []
    lock = threading.Lock()
    end = time.perf_counter() + seconds
    failures: list[str] = []

    def work(one: Station, mine: list[tuple[str, str]]) -> None:
        carrier = one.carrier(url, chunk_bytes=4_000_000)
        for sha256, manifest in mine:
            if time.perf_counter() > end:
                return
            data = (folder / "sealed" / manifest[:32]).read_bytes()
            start = time.perf_counter()
            delivery = carrier.deliver(Parcel(manifest, sha256, data), lambda *_: None, threading.Event())
            took = time.perf_counter() - start
            if delivery.answer is None or not read_answer(delivery.answer, one.intake, manifest_sha256=manifest).accepted:
                failures.append(manifest)
            with lock:
                times.append(took)

    def cpu() -> tuple[float, float, float]:
        own = resource.getrusage(resource.RUSAGE_SELF)
        intake = psutil.Process(pid).cpu_times()
        base = 0.0
        if postgres:
            for child in [psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children(recursive=True)]:
                spent = child.cpu_times()
                base += spent.user + spent.system
        return own.ru_utime + own.ru_stime, intake.user + intake.system, base

    before, start = cpu(), time.perf_counter()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(parties, names, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, after = time.perf_counter() - start, cpu()
    for one in parties:
        one.close()
    count = len(times)
    ours, theirs, base = (b - a for a, b in zip(before, after, strict=True))
    name = f"{megabytes:g} MB on {'PostgreSQL' if postgres else 'SQLite'}"
    target = 12.0 if megabytes < 3 else 4.0
    report.figure("packages_per_second", count / took, "1/s", target, f"{name}, {len(parties)} stations, {took:.0f} s")
    report.figure("receipt_p50", float(np.percentile(times, 50)), "s", None, name)
    report.figure("receipt_p99", float(np.percentile(times, 99)), "s", 2.0, name)
    report.figure("intake_cpu_per_package", 1000 * theirs / count, "ms", None, name)
    report.figure("database_cpu_per_package", 1000 * base / count, "ms", None, name)
    report.figure("generator_cpu_per_package", 1000 * ours / count, "ms", None, name)
    report.figure("packages_per_core_second", count / (theirs + base), "1/s", None, f"{name}, intake and database CPU only")
    report.figure("failures", len(failures), "", None, name)
    exhausted = sum(len(n) for n in names) == count
    if exhausted:
        report.figure("exhausted", 1, "", None, "the sealed packages ran out before the time: the rate is still that of the run")
