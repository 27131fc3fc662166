"""What the talk with any serial module needs: a quiet line before each question, bounded retries, and a log of what was asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from devices.errors import (
    DeviceError,
    DeviceFormatError,
    DeviceProtocolError,
    DeviceTimeoutError,
    ProfileError,
    UnsupportedCommandError,
)
from devices.profile_vocabulary import Effect
from devices.profiles import Profile
from devices.transports import Deadline, Framer, PacketLink, Transport

TRIES: Final = 3
SETTLE_S: Final = 1.0
REST_QUIET_S: Final = 0.15
HELLO_S: Final = 0.4
"""How long a module may take to say that it is there while its speed is sought."""
ROUNDS: Final = 2
"""The speeds are tried twice: one lost or damaged answer must not look like an absent module."""
MAX_ASKED: Final = 200
LONGEST_ANSWER: Final = 80
"""Bytes of the longest short answer (product information, 58) and then some."""

Q = TypeVar("Q")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a self-test: what was asked, what was answered (a name of the profile, or an error's code), how long it took."""

    command: str
    answer: str
    took_s: float


class SerialModule(ABC, Generic[Q]):
    """One module on one line, spoken to by the semantic names of its profile."""

    def __init__(self, transport: Transport, profile: Profile, framer: Framer[Q]) -> None:
        self.profile = profile
        self.transport = transport
        self.link: PacketLink[Q] = PacketLink(transport, framer, profile.port.gap_ms / 1000)
        self.asked: list[Asked] = []
        """The last exchanges, newest last; at most 200."""
        self.sending = False
        """Whether a picture was asked for and not received to its end: the line may be busy for as long as one takes."""

    @abstractmethod
    def present(self, deadline: Deadline) -> bool:
        """Whether the module answers at the line's present speed, asked once with a command that only reads.

        Raises:
            DeviceError: it answers, but cannot be used (a password of its own).
        """

    @abstractmethod
    def _poke(self, deadline: Deadline) -> None:
        """Send a harmless question without waiting for the answer: it interrupts a module that keeps sending."""

    @property
    def answer_s(self) -> float:
        """The longest a short answer takes."""
        return self.profile.port.answer_ms / 1000

    @property
    def picture_s(self) -> float:
        """Seconds of one picture on the wire at the present speed (10 bits a byte, framing below 10 %)."""
        image = self.profile.image
        return 0.0 if image is None else 11 * image.transfer_bytes / self.transport.baud

    def opcode(self, command: str) -> int:
        """Return the number of a command that changes nothing lasting.

        Raises:
            UnsupportedCommandError: the firmware does not have it, or it writes: the station never sends those.
        """
        number = self.profile.opcode(command)
        if self.profile.effect(command) is Effect.WRITE:
            raise UnsupportedCommandError(f"'{command}' would change the module; the station never does that. Nothing was sent.")
        return number

    def settle(self, deadline: Deadline) -> None:
        """Wait for a quiet line; a module that keeps sending is interrupted once by a harmless question.

        Raises:
            DeviceProtocolError: it sends without end (``device-endless-data``).
        """
        quiet_s = self.profile.port.quiet_ms / 1000
        patience_s = SETTLE_S
        if self.sending:
            # The rest of a picture comes first, and a computer under load may see pauses in it that the line has not.
            quiet_s, patience_s = max(quiet_s, REST_QUIET_S), SETTLE_S + self.picture_s
        try:
            self.link.quiet(quiet_s, deadline.within(patience_s))
        except DeviceProtocolError:
            self._poke(deadline)
            self.link.quiet(quiet_s, deadline.within(SETTLE_S))
        self.sending = False

    def find_speed(self, deadline: Deadline) -> None:
        """Set the line to the first of the profile's speeds where the module answers.

        Raises:
            DeviceTimeoutError: silent at every speed (``device-silent``); DeviceError: see `present`.
        """
        for baud in self.profile.port.bauds * ROUNDS:
            if deadline.passed:
                break
            if self.answers_at(baud, deadline):
                return
        raise DeviceTimeoutError("No module of this family answers on this port at any speed; nothing was changed. Check cable and power.",
                                 code="device-silent", bauds=self.profile.port.bauds)  # fmt: skip

    def answers_at(self, baud: int, deadline: Deadline) -> bool:
        """Set the line to `baud` and return whether the module answers there (see `present`)."""
        self.transport.set_baud(baud)
        heard = self.transport.heard
        try:
            return self.present(deadline.within(min(HELLO_S, self.answer_s)))
        except (DeviceFormatError, DeviceTimeoutError):
            self._notice(heard)
            return False
        except DeviceProtocolError as error:
            if error.reason_code == "device-endless-data":
                return False
            raise

    def meet_at(self, baud: int, before: int, deadline: Deadline) -> bool:
        """After a change of speed was asked for: find the module at `baud` or still at `before`; return whether at `baud`.

        Raises:
            DeviceTimeoutError: it answers at neither (``device-silent``).
        """
        for speed in (baud, before) * ROUNDS:
            if self.answers_at(speed, deadline):
                return speed == baud
        raise DeviceTimeoutError("The module answers at no speed any more; what was saved is safe. Unplug it and plug it in again.",
                                 code="device-silent")  # fmt: skip

    def again(self, work: Callable[[], T], deadline: Deadline) -> T:
        """Return what `work` returns, tried up to three times while answers are damaged or missing.

        Raises:
            DeviceError: the last damage, or at once what no repeating can mend. ProfileError: two pictures in a row had the
            same wrong size: the profile is the wrong one.
        """
        last: DeviceError | None = None
        for _ in range(TRIES):
            heard = self.transport.heard
            try:
                return work()
            except (DeviceFormatError, DeviceTimeoutError) as error:
                self._notice(heard)
                if last is not None and error.reason_code == "device-short-picture" and error.details == last.details:
                    raise ProfileError("The module's pictures have another size than its profile says; none was used. Name the right "
                                       "profile.", code="profile-mismatch") from error  # fmt: skip
                last = error
                if deadline.passed:
                    break
        assert last is not None
        raise last

    def _notice(self, heard_before: int) -> None:
        """After a failed exchange: more bytes than any short answer has are a picture that is still on its way."""
        if self.transport.heard - heard_before > LONGEST_ANSWER:
            self.sending = True

    @contextmanager
    def noted(self, command: str) -> Iterator[list[str]]:
        """Write one exchange into `asked`; the caller appends the answer's name to the list it gets."""
        clock = Deadline(3600)
        said: list[str] = []
        try:
            yield said
        except DeviceError as error:
            said.append(error.reason_code)
            raise
        finally:
            del self.asked[: 1 - MAX_ASKED]
            self.asked.append(Asked(command, said[-1] if said else "none", 3600 - clock.left_s))
