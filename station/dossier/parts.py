"""The plain values a `DossierState` is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from biometrics.positions import Eye, FingerPosition
from devices.emrtd.standing import CardStanding
from station.capture.model import Capture
from station.dossier.events import EventId


class Lifecycle(StrEnum):
    """Whether the dossier can be worked on."""

    OPEN = "open"
    PAUSED = "paused"
    ABANDONED = "abandoned"
    MERGED = "merged"


class PackageWord(StrEnum):
    """How far the data got; five different words, never mixed (ui.md section 8)."""

    SAVED = "saved"
    SEALED = "sealed"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


class ApplicationKind(StrEnum):
    """Cấp, đổi, cấp lại."""

    FIRST = "first"
    EXCHANGE = "exchange"
    REISSUE = "reissue"


class OldCard(StrEnum):
    """What became of the card (or the older paper one) that the new one takes the place of."""

    TAKEN = "taken"
    NOT_BROUGHT = "not-brought"
    """It exists and is taken, and cut, when the new one is handed over."""
    LOST = "lost"
    KEPT = "kept"
    """Kept as evidence: its chip is not to be relied on."""
    CUT = "cut"
    NONE = "none"


class FieldSource(StrEnum):
    """Where a value comes from."""

    DECLARED = "declared"
    REGISTER = "register"
    CHIP = "chip"
    QR = "qr"
    PAPERS = "papers"
    CORRECTION = "correction"


class ExceptionKind(StrEnum):
    """Why a finger cannot be taken (cụt, băng bó, dị tật, co cứng, mòn, khác)."""

    AMPUTATED = "amputated"
    BANDAGED = "bandaged"
    DEFORMED = "deformed"
    STIFF = "stiff"
    WORN = "worn"
    OTHER = "other"


class EyeExceptionKind(StrEnum):
    """Why an iris cannot be taken (không có mắt, băng, đục, không mở được, không có máy, khác)."""

    MISSING = "missing"
    BANDAGED = "bandaged"
    CLOUDED = "clouded"
    CANNOT_OPEN = "cannot-open"
    NO_DEVICE = "no-device"
    OTHER = "other"


class Permanence(StrEnum):
    """Whether the exception will still hold next year."""

    LASTING = "lasting"
    TEMPORARY = "temporary"


class Branch(StrEnum):
    """The three branches of art. 5.1 a, b, c; and no answer yet (offline: compare before sending)."""

    UNCHANGED = "a"
    CHANGED = "b"
    ABSENT = "c"
    UNANSWERED = "unanswered"


class DefectState(StrEnum):
    """Find → assign → correct with proof → approve (another person) → close."""

    FOUND = "found"
    ASSIGNED = "assigned"
    CORRECTED = "corrected"
    APPROVED = "approved"
    CLOSED = "closed"


class CardWord(StrEnum):
    """Where the citizen's new card is."""

    LISTED = "listed"
    HERE = "here"
    HANDED = "handed"
    REFUSED = "refused"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field: its stored text and who said so."""

    value: str
    source: FieldSource
    at: datetime
    operator: str
    event: EventId


@dataclass(frozen=True, slots=True)
class AttemptState:
    """One try at a capture. `accepted`: it reached its threshold; `capture`: its picture, kept until something is accepted."""

    number: int
    score: float
    reasons: tuple[str, ...]
    accepted: bool
    at: datetime
    operator: str
    capture: Capture | None = None


@dataclass(frozen=True, slots=True)
class CaptureState:
    """The accepted capture of a step."""

    event: EventId
    capture: Capture
    how: str
    at: datetime
    operator: str
    signed: bool = False


@dataclass(frozen=True, slots=True)
class StepState:
    """All that happened at one step: tries, the best of them, and the accepted capture (None = not yet)."""

    step: str
    attempts: tuple[AttemptState, ...] = ()
    accepted: CaptureState | None = None
    superseded: tuple[EventId, ...] = ()

    @property
    def best(self) -> AttemptState | None:
        """The attempt with the best score; the later of equals."""
        return max(self.attempts, key=lambda a: (a.score, a.number), default=None)


@dataclass(frozen=True, slots=True)
class HandPhoto:
    """The picture of the hand beside an exception: SHA-256 (hex), media type, px; `source` as of a capture; flaws it was kept with."""

    blob: str
    media: str
    width: int
    height: int
    source: str
    device: Mapping[str, str]
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FingerExceptionState:
    """A finger that is not taken, with the officer who answers for it. `no_photo`: why there is no picture of the hand ("" of older events);
    `by`: how it was signed (`station.dossier.excepting.SignedBy`)."""

    finger: FingerPosition
    kind: ExceptionKind
    permanence: Permanence
    reason: str
    operator: str
    at: datetime
    event: EventId
    signature: bytes = b""
    photo: HandPhoto | None = None
    no_photo: str = ""
    by: str = "session"


@dataclass(frozen=True, slots=True)
class EyeExceptionState:
    """An eye that is not taken, with the officer who answers for it."""

    eye: Eye
    kind: EyeExceptionKind
    permanence: Permanence
    reason: str
    operator: str
    at: datetime
    event: EventId
    signature: bytes = b""
    by: str = "session"


@dataclass(frozen=True, slots=True)
class ActiveCheckState:
    """A blink-and-turn check that was asked for at the portrait: an aid to the officer who watched, no liveness detection.

    `challenges` and `outcome` are codes of `biometrics.portrait.active`; `done`: how many were answered; `tier`: 1 knows lids and pose.
    """

    step: str
    challenges: tuple[str, ...]
    done: int
    outcome: str
    tier: int
    at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class LookUpState:
    """What the register answered. `record` holds the register's fields, None when it has no such person."""

    branch: Branch
    record: Mapping[str, str] | None
    source: str
    status: str
    at: datetime
    event: EventId


@dataclass(frozen=True, slots=True)
class ChipState:
    """The newest reading of the applicant's chip card: its verdict's code and what that means for the work."""

    verdict: str
    standing: CardStanding
    at: datetime
    operator: str
    event: EventId


@dataclass(frozen=True, slots=True)
class Defect:
    """A data fault with its owner and way."""

    id: EventId
    code: str
    field: str
    evidence: Mapping[str, Any]
    owner: str
    stops: bool
    found_at: datetime
    found_by: str
    state: DefectState
    new_value: str = ""
    proof: str = ""
    corrected_by: str = ""
    approved_by: str = ""
    how: str = ""
    way: str = ""
    """What was decided at the look-up (`station.desk.comparing.Decision`), by whom and when; "" while nothing was."""
    way_by: str = ""
    way_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether someone still has to do something."""
        return self.state is not DefectState.CLOSED


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision asked of another person; `deferred` when it was done first and is decided later (night, offline)."""

    id: EventId
    what: str
    subject: str
    reason: str
    asked_by: str
    at: datetime
    deferred: bool
    decision: str = ""
    decided_by: str = ""
    about: frozenset[str] = frozenset()
    """Of a decided finding: event ids of the captures it rested on; the decision holds while none of them is taken again."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which form."""

    who: str
    form: str
    signature: bytes
    blob: str
    operator: str
    at: datetime
    event: EventId


@dataclass(frozen=True, slots=True)
class PackageState:
    """One sealed package of this dossier (a revision makes another)."""

    id: str
    word: PackageWord
    bytes: int = 0
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed form or a photographed paper."""

    form: str
    field: str
    sha256: str
    at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class PaperStruck:
    """Why a photographed paper no longer stands: ``retaken`` or ``removed``, the reason, who and when."""

    how: str
    reason: str
    operator: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperPhoto:
    """One photographed page. `kind`: a code of `station.vietnam.paper_kinds`; `words`: what another paper is; `field`: what it proves.

    `blob`: SHA-256 (hex) of the picture, `media` its type, `width` x `height` px; `ppi` None where the camera does not know it.
    `source` as of a capture (``device``, ``simulated``, ``file``), "" of events older than this; `flaws`: codes it was accepted with.
    """

    id: EventId
    kind: str
    words: str
    field: str
    blob: str
    media: str
    width: int
    height: int
    ppi: int | None
    source: str
    device: Mapping[str, str]
    flaws: tuple[str, ...]
    reason: str
    at: datetime
    operator: str
    replaces: EventId | None = None
    struck: PaperStruck | None = None


@dataclass(frozen=True, slots=True)
class PaperAbsent:
    """A wanted paper that was not brought: the reason stands in its place."""

    kind: str
    field: str
    reason: str
    at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may go on with a dossier that travels between kits. `holder`: the kit that took the draft, "" while it is on its way."""

    id: str
    lender: str
    until: datetime
    holder: str = ""

    def away_from(self, origin: str, now: datetime) -> bool:
        """Return whether the kit `origin` must leave the dossier alone now."""
        return self.holder != origin and now < self.until
