"""One PC/SC reader as a `CardReader`, and its channel to a powered card."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from devices.contract import Capabilities, CardChannel, CardReader, Device, DeviceIdentity, DeviceInfo, Source
from devices.errors import DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError
from devices.pcsc import service

_SLICE_MS: Final = 500
_VIRTUAL: Final = "Virtual PCD"
_MUTE: Final = frozenset({0x80100066, 0x80100067})
_MUTE_RETRIES: Final = 10
_MAX_DATA_TAG: Final = 0x0A
_TLV_PROPERTIES: Final = 0x12


class PcscChannel(CardChannel):
    """A powered card behind a reader."""

    def __init__(self, handle: Any, protocol: int, atr: bytes, device_id: str) -> None:
        self._library = service.scard()
        self._handle = handle
        self._protocol = protocol
        self._atr = atr
        self._device_id = device_id
        self._left = False
        self.max_data = _max_data(self._library, handle)
        """Bytes of data the reader carries in one command (0: it says nothing)."""

    @property
    def atr(self) -> bytes:
        """See `CardChannel.atr`."""
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """See `CardChannel.transmit`."""
        if self._handle is None:
            raise DeviceUnpluggedError("The card is no longer connected; nothing was read.", device_id=self._device_id,
                                       code="card-removed")  # fmt: skip
        library = self._library
        header = library.SCARD_PCI_T0 if self._protocol == library.SCARD_PROTOCOL_T0 else library.SCARD_PCI_T1
        result, answer = library.SCardTransmit(self._handle, header, list(apdu))
        if service.number(result) != 0:
            self._left = True
            raise service.translate(result, self._device_id)
        if not answer:
            # What some drivers report for a card that left in mid-command: success, and nothing.
            self._left = True
            raise service.translate(0x80100069, self._device_id)
        return bytes(value & 0xFF for value in answer)

    def disconnect(self) -> None:
        """See `CardChannel.disconnect`."""
        handle, self._handle = self._handle, None
        if handle is not None:
            # Powering down a card that has left confuses pcscd about the next one that is put down at once.
            leave, unpower = self._library.SCARD_LEAVE_CARD, self._library.SCARD_UNPOWER_CARD
            self._library.SCardDisconnect(handle, leave if self._left else unpower)


def _max_data(library: Any, handle: Any) -> int:
    """Ask the driver how much data one command may carry (PC/SC part 10, FEATURE_GET_TLV_PROPERTIES)."""
    result, features = library.SCardControl(handle, library.SCARD_CTL_CODE(3400), [])
    if service.number(result) != 0:
        return 0
    raw = bytes(value & 0xFF for value in features)
    for start in range(0, len(raw) - 5, 6):
        if raw[start] == _TLV_PROPERTIES and raw[start + 1] == 4:
            result, properties = library.SCardControl(handle, int.from_bytes(raw[start + 2 : start + 6], "big"), [])
            return _property(bytes(value & 0xFF for value in properties)) if service.number(result) == 0 else 0
    return 0


def _property(raw: bytes) -> int:
    offset = 0
    while offset + 2 <= len(raw):
        tag, length = raw[offset], raw[offset + 1]
        if tag == _MAX_DATA_TAG and length == 4 and offset + 6 <= len(raw):
            return int.from_bytes(raw[offset + 2 : offset + 6], "little")
        offset += 2 + length
    return 0


class PcscReader(CardReader):
    """A reader by its PC/SC name. The service may stop and come back: the context is made anew when needed."""

    adapter = "pcsc"

    def __init__(self, name: str, device_id: str = "") -> None:
        super().__init__(device_id or f"pcsc:{name}")
        self.name = name
        self._context: Any = None
        self._channel: PcscChannel | None = None

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the readers that are there, or the one called ``reader`` in the settings.

        Raises:
            DeviceNotFoundError: pyscard missing, the service absent, or no reader attached: each with what to do.
        """
        wanted = str(settings.get("reader", ""))
        context = service.establish()
        try:
            names = service.list_readers(context)
        finally:
            service.release(context)
        chosen = [name for name in names if wanted in name]
        if not chosen:
            raise DeviceNotFoundError("No card reader is attached; other devices work. Plug it in; if it stays unseen, "
                                      "its driver (libccid) is missing.", code="pcsc-no-reader")  # fmt: skip
        return [cls(name) for name in chosen]

    @property
    def capabilities(self) -> Capabilities:
        """See `Device.capabilities`."""
        return Capabilities(preview=False)

    def _describe(self) -> DeviceInfo:
        identity = DeviceIdentity(self.kind, self.adapter, "", self.name, "", "")
        state = self._state(0)
        present = state is not None and bool(state & service.scard().SCARD_STATE_PRESENT)
        if state is None:
            return self._error_row("reader-unplugged", "The card reader is not attached; plug it in again.")
        # The vpcd driver's readers hold simulated cards: whatever comes from them says so.
        virtual = _VIRTUAL in self.name
        return DeviceInfo(self.device_id, self.kind, identity, Source.SIMULATED if virtual else Source.DEVICE,
                          enrolment_grade=not virtual, grade_reason="source-simulated" if virtual else "",
                          details={"card": "yes" if present else "no"})  # fmt: skip

    def _state(self, known: int, wait_ms: int = 0) -> int | None:
        """Return the reader's state word, None when the reader is not there; waits for a change from `known`."""
        own = self._context is None
        context = service.establish() if own else self._context
        try:
            library = service.scard()
            result, states = library.SCardGetStatusChange(context, wait_ms, [(self.name, known)])
        finally:
            if own:
                service.release(context)
        value = service.number(result)
        if value == 0x8010000A:
            return known
        if value in (0x80100009, 0x80100017):
            return None
        service.check(result, self.device_id)
        state = int(states[0][1])
        return None if state & (library.SCARD_STATE_UNKNOWN | library.SCARD_STATE_IGNORE) else state

    def _open(self, deadline_s: float) -> None:
        self._context = service.establish()
        if self._state(0, int(deadline_s * 10)) is None:
            self._drop_context()
            raise DeviceNotFoundError("The card reader is not attached; nothing was read. Plug it in again.",
                                      device_id=self.device_id, code="reader-unplugged")  # fmt: skip

    def _close(self) -> None:
        if self._channel is not None:
            self._channel.disconnect()
        self._drop_context()

    def _drop_context(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            service.release(context)

    def _wake(self) -> None:
        if self._context is not None:
            service.scard().SCardCancel(self._context)

    def _fresh(self) -> None:
        """Make the context anew after the service went away.

        Raises:
            DeviceNotFoundError: it is not back yet.
        """
        self._drop_context()
        self._context = service.establish()

    def wait_for_card(self, deadline_s: float) -> bool:
        """See `CardReader.wait_for_card`. A service that restarts meanwhile is waited for."""
        self._check_open()
        end = time.monotonic() + deadline_s
        known = 0
        while True:
            self._check_cancelled()
            left_ms = int((end - time.monotonic()) * 1000)
            try:
                if self._context is None:
                    self._fresh()
                state = self._state(known, max(0, min(left_ms, _SLICE_MS)))
            except (DeviceUnpluggedError, DeviceNotFoundError):
                self._drop_context()
                state = None
            self._check_cancelled()
            library = service.scard()
            if state is not None and state & library.SCARD_STATE_PRESENT and not state & library.SCARD_STATE_MUTE:
                return True
            if time.monotonic() >= end:
                return False
            if state is None:
                # Neither reader nor service: do not spin while both come back.
                self._cancelled.wait(0.1)
            else:
                known = state & ~library.SCARD_STATE_CHANGED

    def connect(self) -> CardChannel:
        """See `CardReader.connect`."""
        self._check_open()
        library = service.scard()
        if self._context is None:
            self._fresh()
        result, handle, protocol = self._connect(library)
        if service.number(result) in service.SERVICE_GONE:
            self._fresh()
            result, handle, protocol = self._connect(library)
        for _ in range(_MUTE_RETRIES):
            # A card that was just put down, or just swapped, may need a moment of field before it answers.
            if service.number(result) not in _MUTE or self._cancelled.wait(0.1):
                break
            result, handle, protocol = self._connect(library)
        value = service.number(result)
        if value in (0x8010000C, 0x80100069):
            raise DeviceNotFoundError("No card lies on the reader; nothing was read. Put the card down.", device_id=self.device_id,
                                      code="card-absent")  # fmt: skip
        if value in _MUTE:
            raise DeviceTimeoutError("The card does not answer; nothing was read. Turn it over, or clean its contacts.",
                                     device_id=self.device_id, code="card-mute")  # fmt: skip
        service.check(result, self.device_id)
        status, _, _, _, atr = library.SCardStatus(handle)
        raw = bytes(v & 0xFF for v in atr) if service.number(status) == 0 else b""
        self._channel = PcscChannel(handle, protocol, raw, self.device_id)
        return self._channel

    def _connect(self, library: Any) -> tuple[int, Any, int]:
        both = library.SCARD_PROTOCOL_T0 | library.SCARD_PROTOCOL_T1
        result, handle, protocol = library.SCardConnect(self._context, self.name, library.SCARD_SHARE_EXCLUSIVE, both)
        return int(result), handle, int(protocol)
