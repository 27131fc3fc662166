"""What a chip's verdict looks like: the last two steps of the card at S2, its one word, and what stops or marks the dossier."""

from __future__ import annotations

from dataclasses import dataclass

from devices.emrtd.standing import CardStanding
from station.views.base import Tone, Words

SIMULATED = "card-verified-simulated"


@dataclass(frozen=True, slots=True)
class ChipCheck:
    """`intact`: were the data altered; `issuer`: the state's signature, with a short `note`; `word`: the card in one word.

    `cause` is the verdict's own sentence; `mark` stands beside the dossier while the work goes on (E13 and doubts), None where nothing
    is to be marked. `stops`: nothing of this card may be relied on (E12).
    """

    standing: CardStanding
    intact: Tone
    issuer: Tone
    note: Words | None
    word: Words
    tone: Tone
    cause: Words
    mark: Words | None

    @property
    def stops(self) -> bool:
        """Whether nothing of this card may be relied on."""
        return self.standing.stops


def chip_check(standing: CardStanding, code: str) -> ChipCheck:
    """Return how a reading with this standing and verdict code is shown."""
    cause = Words(code)
    if standing.stops:
        return ChipCheck(
            standing, Tone.BLOCKED, Tone.IDLE, Words("ui.chip.not-used"), Words("ui.chip.altered"), Tone.BLOCKED, cause, None
        )
    done = Words("chip-done")
    if standing is CardStanding.VERIFIED:
        note = Words("ui.device.simulated") if code == SIMULATED else None
        return ChipCheck(standing, Tone.GOOD, Tone.GOOD, note, done, Tone.GOOD, cause, None)
    if standing is CardStanding.UNCHECKED:
        return ChipCheck(standing, Tone.GOOD, Tone.RETRY, Words("ui.chip.no-root"), done, Tone.RETRY, cause, Words("ui.chip.e13"))
    return ChipCheck(standing, Tone.GOOD, Tone.RETRY, Words("ui.chip.doubt"), done, Tone.RETRY, cause, cause)
