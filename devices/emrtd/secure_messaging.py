"""Secure messaging of ICAO Doc 9303-11 section 9.8: what wraps every command once a channel stands.

The send sequence counter runs one step for each command and one for each answer. A wrong checksum ends the channel: nothing
of such an answer is used, and the session must be opened anew.
"""

from __future__ import annotations

from devices.emrtd.apdu import EXTENDED_LE_MAX, SHORT_LE_MAX, Command, Response
from devices.emrtd.crypto import SessionKeys, equal, pad, unpad
from devices.emrtd.errors import SecureMessagingError
from devices.emrtd.tlv import Tlv, encode, find, parse_all
from devices.errors import DeviceFormatError


class SecureMessaging:
    """One protected channel. `counter` is the SSC before the first command (zeros after PACE and chip authentication)."""

    def __init__(self, keys: SessionKeys, counter: int = 0) -> None:
        self._keys = keys
        self._counter = counter

    def __repr__(self) -> str:
        return f"SecureMessaging({self._keys.suite.name})"

    @property
    def name(self) -> str:
        """The suite: ``3DES`` or ``AES-128``…"""
        return self._keys.suite.name

    def _step(self) -> bytes:
        block = self._keys.suite.block
        self._counter = (self._counter + 1) % (1 << (8 * block))
        return self._counter.to_bytes(block, "big")

    def wrap(self, command: Command) -> Command:
        """Return the protected form of `command`; advances the counter."""
        suite = self._keys.suite
        ssc = self._step()
        head = bytes([command.cla | 0x0C, command.ins, command.p1, command.p2])
        objects = b""
        if command.data:
            secret = suite.encrypt(self._keys.enc, pad(command.data, suite.block), suite.message_iv(self._keys.enc, ssc))
            # An odd instruction carries data objects already, so no padding indicator stands before them.
            objects += encode(0x85, secret) if command.ins & 1 else encode(0x87, b"\x01" + secret)
        extended = command.needs_extended
        if command.le is not None:
            objects += encode(0x97, (command.le & 0xFFFF).to_bytes(2, "big") if extended else bytes([command.le & 0xFF]))
        covered = ssc + pad(head, suite.block) + objects
        objects += encode(0x8E, self._mac(covered, padded=bool(objects)))
        extended = extended or len(objects) > 255
        return Command(head[0], command.ins, command.p1, command.p2, objects, EXTENDED_LE_MAX if extended else SHORT_LE_MAX)

    def _mac(self, covered: bytes, *, padded: bool) -> bytes:
        """MAC over SSC || header || objects; without objects the padded header is the end and is not padded again."""
        suite = self._keys.suite
        if suite.block == 8:
            # The retail MAC pads by itself: take the header's padding off again where nothing follows it.
            return suite.mac(self._keys.mac, covered if padded else unpad(covered))
        return suite.mac(self._keys.mac, pad(covered, suite.block) if padded else covered)

    def unwrap(self, response: Response) -> Response:
        """Check an answer and return what it protects; advances the counter.

        Raises:
            SecureMessagingError: the answer is not protected, its checksum is missing or wrong, or its parts contradict.
        """
        suite = self._keys.suite
        ssc = self._step()
        try:
            items = parse_all(response.data)
            mac = find(items, 0x8E)
            if mac is None or items[-1] is not mac or len(items) > 3:
                raise SecureMessagingError("An answer of the card is not protected as agreed; nothing of it was used. "
                                           "Take the card off and put it down again.", sw=f"{response.sw:04X}")  # fmt: skip
            covered = ssc + b"".join(item.raw for item in items[:-1])
            if not equal(suite.mac(self._keys.mac, covered if suite.block == 8 else pad(covered, 16)), mac.value):
                raise SecureMessagingError("The checksum of an answer is wrong: the channel was disturbed or altered; "
                                           "nothing of it was used. Take the card off and put it down again.")  # fmt: skip
            return Response(self._plain(items, ssc), self._status(items, response))
        except DeviceFormatError as error:
            raise SecureMessagingError("A protected answer of the card is malformed; nothing of it was used. "
                                       "Take the card off and put it down again.") from error  # fmt: skip

    def _plain(self, items: list[Tlv], ssc: bytes) -> bytes:
        suite = self._keys.suite
        for item in items:
            if item.tag == 0x87 and item.value[:1] == b"\x01":
                return unpad(suite.decrypt(self._keys.enc, item.value[1:], suite.message_iv(self._keys.enc, ssc)))
            if item.tag == 0x85:
                return unpad(suite.decrypt(self._keys.enc, item.value, suite.message_iv(self._keys.enc, ssc)))
            if item.tag not in (0x99, 0x8E):
                raise DeviceFormatError(f"A protected answer holds an object 0x{item.tag:X} of no meaning.")
        return b""

    @staticmethod
    def _status(items: list[Tlv], response: Response) -> int:
        status = find(items, 0x99)
        if status is None or len(status.value) != 2:
            raise DeviceFormatError("A protected answer holds no status.")
        sw = int.from_bytes(status.value, "big")
        # 61xx/9000 outside against a status inside is common; a success outside over an error inside is not trusted as success.
        return sw if sw != 0x9000 or response.sw == 0x9000 or response.sw & 0xFF00 in (0x6100, 0x6200) else response.sw
