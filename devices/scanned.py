"""What a barcode, QR, MRZ or swipe reader sent, whichever way it came: the same `Holder` that the chip gives, as far as it knows.

A wedge reader types like a keyboard and a serial one sends bytes; both may end with CR, LF or both, and swipe readers may
bracket the lines with STX/ETX. The content decides what it is, not the reader.
"""

from __future__ import annotations

from devices import mrz
from devices.barcode import parse_qr
from devices.contract import DocumentReading
from devices.errors import DeviceFormatError
from devices.holder import Holder, HolderSource

_BRACKETS = "\x02\x03\x04\x00\r\n\t "


def understand(content: bytes | str) -> Holder:
    """Return what was scanned or typed: an identity card's code, the lines of a card or passport, or a bare 12-digit number.

    Raises:
        DeviceFormatError: none of these (code ``scan-unknown``), or one of these with a fault of its own.
    """
    if isinstance(content, bytes):
        if len(content) > 4096:
            raise DeviceFormatError(
                "The reader sent more than any card holds; nothing was used. Scan again.", code="scan-unknown"
            )
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DeviceFormatError("The reader sends another encoding than UTF-8; nothing was used. Set it to UTF-8.",
                                    code="qr-encoding") from error  # fmt: skip
    else:
        text = content
    text = text.strip(_BRACKETS + "\ufeff")
    if "|" in text:
        return parse_qr(text)
    digits = "".join(text.split())
    if len(digits) == 12 and digits.isascii() and digits.isdigit():
        return Holder(HolderSource.TYPED, number=digits, document_number=digits[3:])
    if "<" in text:
        return mrz.to_holder(mrz.parse("".join(c for c in text if c not in _BRACKETS)))
    raise DeviceFormatError("This is neither the code of an identity card nor the lines on its back; nothing was used. Scan again.",
                            code="scan-unknown")  # fmt: skip


def understand_reading(reading: DocumentReading) -> Holder:
    """Return what a document reader delivered.

    Raises:
        DeviceFormatError: see `understand`.
    """
    return understand(reading.data)
