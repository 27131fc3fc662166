"""A card reader without hardware: the simulated chip behind a direct transport, with a real card's slowness and the citizen's hand.

Shipped for the demo, for training and for tests; everything read through it is marked `simulated`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devices.contract import Capabilities, CardChannel, CardReader, Device, DeviceIdentity, DeviceInfo, Source
from devices.errors import DeviceNotFoundError, DeviceUnpluggedError
from devices.simulated.card import Chip
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import personalise, synthetic_citizen


@dataclass(frozen=True, slots=True)
class Latency:
    """How slow a chip is: per command, per byte carried, per elliptic or RSA operation (milliseconds).

    The default is a contactless card at 424 kbit/s: about 10 ms per exchange, 30 kB/s, 60 ms for each step of key agreement.
    These are typical values from public traces, not measurements of the Vietnamese card.
    """

    command_ms: float = 10.0
    byte_ms: float = 0.03
    crypto_ms: float = 60.0


NO_LATENCY: Final = Latency(0, 0, 0)


class DirectChannel(CardChannel):
    """Hands commands to the chip object. `pull_after` n lifts the card before command n+1 of this channel."""

    def __init__(self, chip: Chip, latency: Latency = NO_LATENCY, *, pull_after: int | None = None,
                 wait: Callable[[float], object] = time.sleep) -> None:  # fmt: skip
        self._chip = chip
        self._latency = latency
        self._left = pull_after
        self._wait = wait
        self._gone = False
        chip.power()

    @property
    def atr(self) -> bytes:
        """See `CardChannel.atr`."""
        return self._chip.atr

    def transmit(self, apdu: bytes) -> bytes:
        """See `CardChannel.transmit`."""
        if self._left is not None:
            if self._left == 0:
                self.lift()
            self._left -= 1
        if self._gone:
            raise DeviceUnpluggedError("The card was taken off the reader; what was read so far is kept. Put it down again.",
                                       code="card-removed")  # fmt: skip
        before = self._chip.crypto_steps
        answer = self._chip.process(apdu)
        latency = self._latency
        delay_ms = latency.command_ms + latency.byte_ms * (len(apdu) + len(answer))
        delay_ms += latency.crypto_ms * (self._chip.crypto_steps - before)
        if delay_ms:
            self._wait(delay_ms / 1000)
        return answer

    def lift(self) -> None:
        """Take the card off."""
        self._gone = True

    def disconnect(self) -> None:
        """See `CardChannel.disconnect`."""
        self._gone = True
        self._chip.power()


class SimulatedCardReader(CardReader):
    """A reader whose card is put down and taken off by calls."""

    adapter = "simulated-card"

    def __init__(self, device_id: str = "simulated-card", chip: Chip | None = None, latency: Latency = NO_LATENCY) -> None:
        super().__init__(device_id)
        self._condition = threading.Condition()
        self._chip = chip
        self._latency = latency
        self._channel: DirectChannel | None = None
        self.pull_after: int | None = None
        """Lift the card before this command of the next connection (fault switch of the citizen's hand)."""

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return one reader with a synthetic citizen's card on it (``seed``, ``faults``, ``latency = true``, ``empty = true``)."""
        faults = frozenset(Fault(name) for name in settings.get("faults", ()))
        chip = None
        if not settings.get("empty"):
            chip = Chip(personalise(synthetic_citizen(int(settings.get("seed", 1))), faults=faults))
        return [cls(chip=chip, latency=Latency() if settings.get("latency") else NO_LATENCY)]

    @property
    def capabilities(self) -> Capabilities:
        """See `Device.capabilities`."""
        return Capabilities(preview=False)

    @property
    def chip(self) -> Chip | None:
        """The chip on the reader."""
        return self._chip

    def insert(self, chip: Chip) -> None:
        """Put a card down."""
        with self._condition:
            self._chip = chip
            self._condition.notify_all()

    def remove(self) -> None:
        """Take the card off, also in mid-reading."""
        with self._condition:
            self._chip = None
            if self._channel is not None:
                self._channel.lift()
            self._condition.notify_all()

    def _describe(self) -> DeviceInfo:
        identity = DeviceIdentity(self.kind, self.adapter, "Simulated", "Card reader", "SIM-CARD-1", "1")
        present = "yes" if self._chip is not None else "no"
        return DeviceInfo(self.device_id, self.kind, identity, Source.SIMULATED, enrolment_grade=False, grade_reason="source-simulated",
                          details={"card": present})  # fmt: skip

    def _open(self, deadline_s: float) -> None:
        """Nothing to take."""

    def _close(self) -> None:
        if self._channel is not None:
            self._channel.disconnect()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def wait_for_card(self, deadline_s: float) -> bool:
        """See `CardReader.wait_for_card`."""
        self._check_open()
        with self._condition:
            self._condition.wait_for(lambda: self._chip is not None or self._cancelled.is_set(), deadline_s)
        self._check_cancelled()
        return self._chip is not None

    def connect(self) -> CardChannel:
        """See `CardReader.connect`."""
        self._check_open()
        with self._condition:
            if self._chip is None:
                raise DeviceNotFoundError("No card lies on the reader; nothing was read. Put the card down.",
                                          device_id=self.device_id, code="card-absent")  # fmt: skip
            self._channel = DirectChannel(self._chip, self._latency, pull_after=self.pull_after)
            self.pull_after = None
            return self._channel
