"""Fuzz targets of Viet Nam's parsers: numbers, names, dates, codes, unit tables, fields, records, lists, procedures, notices.

``python -m tests.fuzz.fuzz_vietnam [rounds]`` runs long; `tests/station/vietnam/test_fuzz.py` runs a short seeded one. A target may
raise its room's error (`StationError`) and nothing else.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from station.clock import ManualClock
from station.dossier.consuming import NoticeDesk
from station.dossier.home import parse_day_list
from station.dossier.issued import parse_manifest
from station.dossier.memory import MemoryJournal
from station.dossier.numbers import read_code
from station.dossier.procedure import load_procedure, parse_procedure, procedure_names
from station.errors import StationError
from station.population.model import PersonRecord
from station.population.offline import list_key, read_list, write_list
from station.population.wire import answer_from_plain, query_from_plain, record_from_plain
from station.vietnam.dates import parse_date
from station.vietnam.fields import commit, field_rules
from station.vietnam.names import check_name, plain_key
from station.vietnam.number import parse_number
from station.vietnam.units import default_units, read_units

KEY: Final = list_key(b"k" * 32)
UNITS: Final = default_units()
FIELDS: Final = tuple(field_rules())
_PIECES: Final = ("099158004217", "0900 000 017", "15/5/1958", "--/--/1936", "TRẦN THỊ HOÀ", "Đ", "\u0301", "\u200b", "\x00", "１２３", "😀", ",", "@",
                  "99001@2020-01-01", "Xã Mẫu Hạ, Huyện Mẫu, Tỉnh Ví Dụ", "121-TCTK:01", "a@b.vn", " ", "\n", "|", "Nam", "-1", "1e9", "NaN")  # fmt: skip


def text(rng: random.Random) -> str:
    """Return a hostile text."""
    parts = [rng.choice(_PIECES) if rng.random() < 0.7 else chr(rng.choice((rng.randrange(128), rng.randrange(0x250), rng.randrange(0xD800))))
             for _ in range(rng.randrange(6))]  # fmt: skip
    return "".join(parts) * (200 if rng.random() < 0.02 else 1)


def value(rng: random.Random, depth: int = 0) -> Any:
    """Return a hostile plain value."""
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind >= 6:
        keys = ("people", "personal_no", "name", "address", "latitude", "longitude", "revisit", "manifest", "cards", "serial", "dossier", "reasons",
                "code", "field", "words", "state", "number", "fields", "status", "records", "scores", "birth", "parents", "dob")  # fmt: skip
        if kind == 6:
            return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
        return {rng.choice(keys): value(rng, depth + 1) for _ in range(rng.randrange(6))}
    return (None, True, rng.randrange(-5, 10**13), rng.choice((0.5, float("inf"), -1e300)), text(rng), b"\x00\xff")[kind]


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return `data` with bytes changed, cut, doubled or put in."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(4):
            case 0 if out:
                out[at % len(out)] = rng.randrange(256)
            case 1:
                del out[at : at + rng.randrange(1, 20)]
            case 2:
                out[at:at] = out[at : at + rng.randrange(1, 40)]
            case _:
                out[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 8)))
    return bytes(out)


def seeds() -> dict[str, list[bytes]]:
    """Return good inputs of the byte parsers."""
    from importlib.resources import files

    tables = files("station.vietnam").joinpath("data")
    procedures = files("station.dossier").joinpath("procedures")
    return {"units": [tables.joinpath("units-demo.csv").read_bytes()],
            "procedure": [procedures.joinpath(f"{n}.toml").read_bytes() for n in procedure_names()],
            "list": [write_list("x", "2026", [PersonRecord("099158004217", {"full_name": "A B"})], KEY)]}  # fmt: skip


def targets(rng: random.Random) -> dict[str, Callable[[], object]]:
    """Return one call per target with fresh hostile input."""
    good = _SEEDS or seeds()
    _SEEDS.update(good)
    load_procedure("vn-60-2021")
    clock = ManualClock()
    return {
        "number": lambda: parse_number(text(rng)), "name": lambda: check_name(text(rng)), "plain": lambda: plain_key(text(rng)),
        "date": lambda: parse_date(text(rng)), "field": lambda: commit(rng.choice(FIELDS), text(rng)), "code": lambda: read_code(text(rng)),
        "place": lambda: UNITS.resolve(text(rng)), "reference": lambda: UNITS.of_reference(text(rng)),
        "units": lambda: read_units(damaged(rng.choice(good["units"]), rng)),
        "procedure": lambda: parse_procedure(damaged(rng.choice(good["procedure"]), rng)),
        "list": lambda: read_list(damaged(rng.choice(good["list"]), rng), KEY),
        "record": lambda: record_from_plain(value(rng)), "answer": lambda: answer_from_plain(value(rng)), "query": lambda: query_from_plain(value(rng)),
        "day-list": lambda: parse_day_list({"people": value(rng)}), "manifest": lambda: parse_manifest({"manifest": "m", "cards": value(rng)}),
        "notice": lambda: NoticeDesk(MemoryJournal(clock), clock).consume(
            "n", rng.choice(("returned", "accepted", "vneid", "cards", "day-list", "fees")), value_map(rng)),
    }  # fmt: skip


_SEEDS: dict[str, list[bytes]] = {}


def value_map(rng: random.Random) -> dict[str, Any]:
    """Return a hostile map."""
    return {k: value(rng) for k in rng.sample(("dossier", "reasons", "state", "manifest", "cards", "people"), rng.randrange(5))}


def run(rounds: int, seed: int = 1) -> int:
    """Call every target `rounds` times; return how many calls were made. Anything but a `StationError` comes out."""
    rng = random.Random(seed)
    calls = targets(rng)
    for _ in range(rounds):
        for call in calls.values():
            try:
                call()
            except StationError:
                pass
    return rounds * len(calls)


if __name__ == "__main__":
    total, began = 0, time.monotonic()
    for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
        total += run(200, seed=number)
    sys.stdout.write(f"{total} calls in {time.monotonic() - began:.0f} s, nothing but station errors\n")
