"""The intake at a stick: takes packages in, writes its answers and the stations' notices back."""

from __future__ import annotations

from dataclasses import dataclass

from station.carriers.stick import Stick
from station.intake.service import Intake
from station.package import PackageFormatError, SignatureError
from station.package.layout import parse
from station.package.signed import peek_message


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What the stick brought: `repeated` were known already, `strange` are no packages at all."""

    accepted: int
    repeated: int
    refused: int
    strange: int
    notices: int


def take_in(intake: Intake, stick: Stick) -> TakenIn:
    """Accept every package on the stick; the answers are written to it, the packages stay until their station has read them."""
    counts = {"accepted": 0, "repeated": 0, "refused": 0, "strange": 0}
    stations: set[str] = set()
    for name in stick.names("outgoing"):
        data = stick.get("outgoing", name)
        try:
            if data is None:
                raise PackageFormatError("Too large, or not a file.")
            header = parse(data, intake.settings.package_limit_bytes).header
            done = intake.accept(data, via="stick")
        except (PackageFormatError, SignatureError):
            counts["strange"] += 1
            continue
        if intake.store.has_station(header.station):
            stations.add(header.station)
        stick.put("answers", done.package_id, done.answer)
        counts["refused" if not done.accepted else "accepted" if done.new else "repeated"] += 1
    notices = 0
    for station in sorted(stations):
        for _, message in intake.store.notices(station, 0, 10_000):
            stick.put("notices", str(peek_message(message)[1]["notice"]), message)
            notices += 1
    return TakenIn(**counts, notices=notices)
