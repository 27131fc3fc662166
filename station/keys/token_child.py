"""The child process that a vendor's PKCS#11 library runs in: it may crash, hang or print, and the station only loses the child.

Speaks length-prefixed CBOR over standard input and output: [operation, arguments…] → ["ok", value] or ["error", code, text]. The PIN comes
in a message, never in an argument or the environment. Run by `station.keys.token.TokenClient`.
"""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import cbor2

MAX_MESSAGE: int = 65_536


def read_message(stream: IO[bytes]) -> Any:
    """Return the next message; EOFError at the end, ValueError when it is too long."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    length = int.from_bytes(head, "big")
    if length > MAX_MESSAGE:
        raise ValueError("message too long")
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return cbor2.loads(body)


def write_message(stream: IO[bytes], message: Any) -> None:
    """Write one message."""
    body = cbor2.dumps(message)
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


class Worker:
    """One open session on one token."""

    def __init__(self) -> None:
        self._session: Any = None
        self._token: Any = None

    def open(self, module: str, label: str, pin: str) -> list[str]:
        """Open the token `label` (empty: the only one) of the library `module`; return its label and serial."""
        import pkcs11

        ready = [t for t in pkcs11.lib(module).get_tokens() if t.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
        tokens = [t for t in ready if not label or t.label == label]
        if len(tokens) != 1:
            raise LookupError(f"{len(tokens)} tokens fit")
        self._token = tokens[0]
        self._session = self._token.open(rw=True, user_pin=pin)
        return [self._token.label, bytes(self._token.serial).decode("ascii", "replace").strip()]

    def make(self, label: str, purpose: str) -> bytes:
        """Make a P-256 key pair that never leaves the token, to ``sign`` or to ``agree``; return the point."""
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        parameters = self._session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
        )
        wanted = pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY if purpose == "sign" else pkcs11.MechanismFlag.DERIVE
        parameters.generate_keypair(
            store=True, label=label, id=os.urandom(8), capabilities=wanted, mechanism=pkcs11.Mechanism.EC_KEY_PAIR_GEN,
            private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
        )  # fmt: skip
        return self.point(label)

    def point(self, label: str) -> bytes:
        """Return the uncompressed public point of the key `label`."""
        import pkcs11

        key = self._session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=label)
        raw = bytes(key[pkcs11.Attribute.EC_POINT])
        return raw[-65:]  # a DER octet string around 04 ‖ x ‖ y, or the point alone

    def sign(self, label: str, digest: bytes) -> bytes:
        """Return r ‖ s over a SHA-256 digest."""
        import pkcs11

        return bytes(self._private(label).sign(digest, mechanism=pkcs11.Mechanism.ECDSA))

    def agree(self, label: str, point: bytes) -> bytes:
        """Return the ECDH x coordinate of the key `label` and `point`."""
        import pkcs11

        shared = self._private(label).derive_key(
            pkcs11.KeyType.GENERIC_SECRET, 256, mechanism_param=(pkcs11.KDF.NULL, None, point),
            template={pkcs11.Attribute.SENSITIVE: False, pkcs11.Attribute.EXTRACTABLE: True, pkcs11.Attribute.TOKEN: False},
        )  # fmt: skip
        return bytes(shared[pkcs11.Attribute.VALUE])

    def _private(self, label: str) -> Any:
        import pkcs11

        return self._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)


def main() -> None:
    """Serve until standard input ends."""
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a vendor's library prints must not fall into the protocol
    worker = Worker()
    operations = {"open": worker.open, "make": worker.make, "point": worker.point, "sign": worker.sign, "agree": worker.agree}
    while True:
        try:
            name, *arguments = read_message(stdin)
        except EOFError:
            return
        try:
            write_message(stdout, ["ok", operations[name](*arguments)])  # type: ignore[operator] # one table for all signatures
        except Exception as error:  # noqa: BLE001 - whatever a vendor's library raises becomes an answer
            write_message(stdout, ["error", type(error).__name__, str(error)[:200]])


if __name__ == "__main__":
    main()
