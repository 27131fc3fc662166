"""The PC/SC service: contexts, and one place where its error numbers become this room's errors."""

from __future__ import annotations

from typing import Any, Final

from devices.errors import (
    DeviceBusyError,
    DeviceCancelledError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
)

PNP: Final = "\\\\?PnP?\\Notification"
"""The pseudo reader whose state changes when a reader comes or goes."""


def scard() -> Any:
    """Return pyscard's low-level module.

    Raises:
        DeviceNotFoundError: pyscard or libpcsclite is not installed.
    """
    try:
        import smartcard.scard as module
    except ImportError as error:
        raise DeviceNotFoundError("Card readers need the package 'pyscard' (extra 'pcsc') and libpcsclite1; other devices work.",
                                  code="pcsc-library-missing") from error  # fmt: skip
    return module


def number(code: int) -> int:
    """Return an error number as unsigned 32 bits (pyscard gives signed ones on some platforms)."""
    return code & 0xFFFFFFFF


SERVICE_GONE: Final = frozenset({0x8010001D, 0x8010001E, 0x80100003, 0x80100013})
"""No service, service stopped, invalid handle, communication with the service broken."""
_CARD_GONE: Final = frozenset({0x80100069, 0x8010000C, 0x80100067, 0x80100068, 0x8010002F, 0x80100016, 0x8010006A})
"""Removed, no card, unpowered, reset by someone, transmission error (a field lost in mid-command looks so)."""
_READER_GONE: Final = frozenset({0x80100017, 0x80100009, 0x8010002E})


def translate(code: int, device_id: str = "") -> DeviceError:
    """Return the error for a PC/SC number, with what to do."""
    value = number(code)
    hexadecimal = f"{value:08X}"
    if value in SERVICE_GONE:
        return DeviceUnpluggedError("The card service (pcscd) has stopped; what was read so far is kept. It is asked again when it is "
                                    "back; if it stays away: systemctl start pcscd.socket", device_id=device_id,
                                    code="pcsc-service-stopped", number=hexadecimal)  # fmt: skip
    if value in _CARD_GONE:
        return DeviceUnpluggedError("The card was taken off the reader; what was read so far is kept. Put it down again.",
                                    device_id=device_id, code="card-removed", number=hexadecimal)  # fmt: skip
    if value in _READER_GONE:
        return DeviceUnpluggedError("The card reader is no longer there; what was read so far is kept. Plug it in again.",
                                    device_id=device_id, code="reader-unplugged", number=hexadecimal)  # fmt: skip
    if value == 0x8010000B:
        return DeviceBusyError("Another program is using the card; nothing was read. Close it and put the card down again.",
                               device_id=device_id, code="card-busy")  # fmt: skip
    if value in (0x80100002,):
        return DeviceCancelledError("The waiting was cancelled; nothing was read.", device_id=device_id)
    if value == 0x8010000A:
        return DeviceTimeoutError(
            "The card reader did not answer in time; nothing was read. Put the card down again.", device_id=device_id
        )
    if value == 0x8010006B:
        return DeviceNotFoundError("The card service refuses this user (polkit); nothing was read. Let the administrator allow "
                                   "org.debian.pcsc-lite.access_pcsc for the station's account.", device_id=device_id,
                                   code="pcsc-refused")  # fmt: skip
    return DeviceProtocolError("The card reader reported a fault; nothing of the last step was used. Put the card down again, or "
                               "unplug the reader and plug it in.", device_id=device_id, code="pcsc-fault",
                               number=hexadecimal)  # fmt: skip


def check(code: int, device_id: str = "") -> None:
    """Raise the error for `code` unless it is success."""
    if number(code) != 0:
        raise translate(code, device_id)


def establish() -> Any:
    """Return a fresh context.

    Raises:
        DeviceNotFoundError: the service does not run.
    """
    library = scard()
    result, context = library.SCardEstablishContext(library.SCARD_SCOPE_SYSTEM)
    if number(result) != 0:
        raise DeviceNotFoundError("The card service (pcscd) does not run, so no card reader can be used; other devices work. "
                                  "Start it: systemctl start pcscd.socket", code="pcsc-service-absent",
                                  number=f"{number(result):08X}")  # fmt: skip
    return context


def release(context: Any) -> None:
    """Let a context go; never raises."""
    scard().SCardReleaseContext(context)


def list_readers(context: Any) -> tuple[str, ...]:
    """Return the readers' names (empty when there is none).

    Raises:
        DeviceUnpluggedError: the service has gone.
    """
    result, names = scard().SCardListReaders(context, [])
    if number(result) in (0x8010002E, 0x80100009):
        return ()
    check(result)
    return tuple(names)
