"""Fuzzing of everything the network or a stick can feed to packages, receipts, notices and keys.

Mutations of valid bytes (flips, cuts, insertions, spliced lengths). Each target may raise only its room's errors.
Long: ``python -m tests.fuzz.fuzz_package TARGET SECONDS``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Final

import cv2
import numpy as np

from biometrics.positions import FingerPosition
from station.capture.page_picture import page_from_file
from station.dossier.events import EventId, make_event
from station.dossier.hands import photo_of
from station.dossier.photos import read_photo
from station.errors import StationError
from station.exchange import sending_hours
from station.keys import HybridSealer, SoftwareSigner
from station.keys.team import parse_team
from station.keys.trust import read_entry
from station.package import cbor, cose, layout, open_package, peek_message, seal_package
from station.package.content import PartNote, all_parts, read_events, read_manifest, write_manifest
from station.package.hands import check_hands, noted_hand
from station.package.identity import RECEIPT_PURPOSE, IntakePublic, answer_body, read_answer
from station.package.papers import check_papers, noted
from station.package.signed import sign_message
from station.queue.notices import NOTICE_PURPOSE, notice_body, read_notice
from station.vietnam.rules import parse_fee_row
from station.words.languages import read_language
from tests.station.package.builders import Party, content

HEADS: Final = [
    bytes.fromhex(h) for h in ("9bffffffffffffffff", "5bffffffffffffffff", "bf", "9f", "c0", "81" * 20, "1bffffffffffffffff")
]

PAGE: Final = bytes(cv2.imencode(".jpg", np.full((64, 48, 3), 220, np.uint8))[1].tobytes())
PHOTO_BODY: Final = {
    "what": "birth-certificate", "field": "dob", "blob": "ab" * 32, "words": "", "media": "image/jpeg", "width": 48, "height": 64, "ppi": 0,
    "source": "file", "device": {"model": "x"}, "flaws": ["page-dark"], "reason": "x", "replaces": "a-9",
}  # fmt: skip
PHOTO: Final = read_photo(make_event(event_id=EventId("a", 1), dossier="d", kind="paper.photographed", at=datetime(2026, 1, 1, tzinfo=UTC), clock="c",
                                     operator="o", desk="1", body=PHOTO_BODY, parents=(), previous=bytes(32)))  # fmt: skip
HAND_BODY: Final = {
    "finger": 2, "kind": "amputated", "permanence": "lasting", "reason": "", "signature": b"x", "by": "pin", "photo": "ab" * 32,
    "picture": {"media": "image/jpeg", "width": 48, "height": 64, "source": "device", "device": {"model": "x"}, "flaws": ["hand-dark"]},
}  # fmt: skip
HAND: Final = photo_of(HAND_BODY)
assert HAND is not None, "it names a picture"


def _targets() -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    party, signer = Party(), SoftwareSigner.generate()
    intake = IntakePublic("centre", signer.public, party.opener.public)
    what = content(1, sizes=(40,))
    sealed = seal_package(
        what, station=party.station, operator=party.operator, recipients=[party.opener.public], sealer=HybridSealer()
    )
    parts = all_parts(what)
    manifest = write_manifest(what, parts, (party.opener.key_id,), bytes(16))
    when = datetime(2026, 1, 1, tzinfo=UTC)
    body = answer_body(package_id=sealed.package_id, manifest_sha256=sealed.manifest_sha256, accepted=True, reasons=("x",),
                       number="1", intake="centre", at=when, station="s", demo=False)  # fmt: skip
    told = notice_body(notice_id="n", kind="fees", intake="centre", station="", at=when, payload={"a": [1, 2.5, None]})
    notice = sign_message(signer, NOTICE_PURPOSE, told)
    receipt = sign_message(signer, RECEIPT_PURPOSE, body)
    outer = layout.parse(sealed.data)
    team = cbor.encode(["team", 1, bytes(32), [signer.public.to_bytes()], [["lan", signer.public.to_bytes()]]])
    fees = {
        "valid_from": "2026-12-01",
        "source": "x",
        "table": {"first": 0, "exchange": 1, "exchange-from-cmnd": 2, "reissue": 3},
    }

    def listed(data: bytes, kind: str, check: Callable[..., object]) -> object:
        """A manifest's list of pictures and an event's body, as a stranger may write them."""
        raw = cbor.decode(data, max_bytes=100_000)
        match raw:
            case [dict(facts), dict(body)]:
                event = make_event(event_id=EventId("a", 1), dossier="d", kind=kind, at=when, clock="c", operator="o",
                                   desk="1", body=body, parents=(), previous=bytes(32))  # fmt: skip
                note = PartNote(f"blob-{'ab' * 32}", "image/jpeg", len(PAGE), "", "")
                return check(facts, (note,), (event,), lambda _: PAGE)
        return None

    def papers(data: bytes) -> object:
        return listed(data, "paper.photographed", check_papers)

    def hands(data: bytes) -> object:
        return listed(data, "finger.exception", check_hands)

    def opened(data: bytes) -> object:
        return open_package(data, party.opener, find_station=party.find_station, find_operator=party.find_operator)

    return {
        "package": (sealed.data, opened),
        "outside": (sealed.data, layout.parse),
        "header": (outer.header.raw, layout.read_header),
        "manifest": (manifest, read_manifest),
        "events": (parts[0].data, read_events),
        "cbor": (manifest, lambda d: cbor.decode(d, max_bytes=100_000)),
        "receipt": (receipt, lambda d: read_answer(d, intake, manifest_sha256=sealed.manifest_sha256)),
        "message": (notice, peek_message),
        "notice": (notice, lambda d: read_notice(d, intake, "s")),
        "signatures": (cbor.encode(outer.signatures), lambda d: cose.verify(
            cbor.decode(d, max_bytes=20_000), outer.sealed_payload, layout.SEAL_PURPOSE, party.find_station)),
        "team": (team, parse_team),
        "trusted-key": (signer.public.to_bytes(), lambda d: read_entry(d, "fuzz")),
        "fees": (cbor.encode(fees), lambda d: parse_fee_row(cbor.decode(d, max_bytes=10_000))),
        "papers": (cbor.encode([{"papers": [noted(PHOTO)]}, PHOTO_BODY]), papers),
        "hands": (cbor.encode([{"exception_photos": [noted_hand(EventId("a", 1), FingerPosition(2), HAND)]}, HAND_BODY]), hands),
        "page-file": (PAGE, page_from_file),
        "hours": (b"22:00-05:00, 11:30-13:00", lambda d: sending_hours(d.decode("latin-1"))),
        "language": (b'name = "T"\n[words]\n"s9.right" = "x"\n"ui.applicant.left" = "{count} y"\n', lambda d: read_language("tyz", d)),
        "intake-key": (intake.to_bytes(), IntakePublic.from_bytes),
    }  # fmt: skip


TARGETS: Final = _targets()


def mutate(seed: bytes, random: Random) -> bytes:
    """Return a changed copy of `seed`."""
    data = bytearray(seed)
    for _ in range(random.choice((1, 1, 1, 2, 4, 8))):
        at = random.randrange(len(data) + 1) if random.random() < 0.5 else random.randrange(min(len(data), 200) + 1)
        kind = random.randrange(5)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = random.choice((0, 0x17, 0x18, 0x1B, 0x5F, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xF6, 0xF9, 0xFB, 0xFF))
        elif kind == 2:
            del data[at : at + random.randrange(1, 40)]
        elif kind == 3:
            data[at:at] = random.choice((random.choice(HEADS), random.randbytes(random.randrange(1, 9))))
        else:
            start = random.randrange(len(data) + 1)
            data[at:at] = data[start : start + random.randrange(40)]
    return bytes(data)


def fuzz(target: str, *, runs: int = 0, seconds: float = 0.0, seed: int = 1) -> int:
    """Run one target; return how many inputs were tried. Anything but the room's errors comes out as it is."""
    original, read = TARGETS[target]
    read(original)
    random, count, end = Random(seed), 0, time.monotonic() + seconds
    while count < runs or time.monotonic() < end:
        try:
            read(mutate(original, random))
        except StationError:
            pass
        count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{fuzz(sys.argv[1], seconds=float(sys.argv[2]), seed=int(time.time()))} inputs\n")
