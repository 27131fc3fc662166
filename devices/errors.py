"""Errors of the devices room. Vendor and library errors are translated into these at the border (`raise … from`).

DeviceError
├── DeviceNotFoundError      not plugged in, wrong port, library missing
├── DeviceBusyError          another program holds it
├── DeviceTimeoutError       (TimeoutError) silent past its deadline
├── DeviceUnpluggedError     was there, is gone: cable pulled in mid-capture
├── DeviceCancelledError     `cancel()` was called
├── DeviceProtocolError      bytes that break the protocol: bad checksum, lying length, endless data
│   ├── DeviceFormatError    (ValueError) what the parsers of outside bytes raise, and nothing else
│   └── AnswerRefusedError   well formed, and not believed: wrong chain, replayed, another finger, altered
├── UnsupportedCommandError  this firmware cannot do it
├── CaptureRefusedError      the device may preview but not enroll: expired certificate, not enrolment grade
└── ProfileError             (ValueError) a firmware profile that breaks its schema
"""

from __future__ import annotations

from typing import ClassVar


class DeviceError(Exception):
    """Base. `code` is stable and has words in the catalogue; `device_id` names the row it belongs to."""

    code: ClassVar[str] = "device"

    def __init__(self, message: str, *, device_id: str = "", code: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.device_id = device_id
        self.details = details
        self._code = code

    @property
    def reason_code(self) -> str:
        """The code of this very error: the one given, else the class's."""
        return self._code or self.code


class DeviceNotFoundError(DeviceError):
    """Examples: no reader attached, the serial port does not exist, the vendor library is not installed."""

    code = "device-not-found"


class DeviceBusyError(DeviceError):
    """Examples: another program holds the camera, the SBI service answers 111."""

    code = "device-busy"


class DeviceTimeoutError(DeviceError, TimeoutError):
    """Examples: a module that acknowledges and then sends nothing, a stream without frames."""

    code = "device-timeout"


class DeviceUnpluggedError(DeviceError):
    """Examples: the cable pulled in the middle of a capture, the card lifted off the reader."""

    code = "device-unplugged"


class DeviceCancelledError(DeviceError):
    """The caller's own `cancel()`, from any thread."""

    code = "device-cancelled"


class DeviceProtocolError(DeviceError):
    """Examples: a checksum that does not fit, a data packet after the last one, an answer to another command."""

    code = "device-protocol"


class DeviceFormatError(DeviceProtocolError, ValueError):
    """What parsers of outside bytes raise: a length past the end, a count above its bound, an unknown tag."""

    code = "device-format"


class AnswerRefusedError(DeviceProtocolError):
    """Examples: an SBI capture signed by an unknown maker, an answer of another transaction, a hash that does not fit, a finger
    that was not asked for. Nothing of the answer is used; the code says which check failed (``sbi-…``)."""

    code = "device-answer-refused"


class UnsupportedCommandError(DeviceError):
    """Examples: confirmation code FC, a command that the profile does not name."""

    code = "device-unsupported"


class CaptureRefusedError(DeviceError):
    """Examples: calibration expired, firmware changed since the certificate, a 4-bit module."""

    code = "device-capture-refused"


class ProfileError(DeviceError, ValueError):
    """Examples: an unknown key, an image size that does not fit its byte count, two levels of inheritance."""

    code = "device-profile"
