"""Keys on a PKCS#11 token (smart card through OpenSC, HSM, SoftHSM2 in tests), reached through a child process.

Tokens do not know post-quantum signatures yet. So the classical half (ES256) is made by the token, and the ML-DSA-65 half by a software key
that is wrapped to the token: without the card neither half signs. Wrapping is ECDH on P-256 with a key that never leaves the token, HKDF,
AES-256-GCM; only sign and derive are asked of it, which ordinary cards can do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from station.errors import AccessError, StorageError
from station.keys.algorithms import Algorithm, KeyFormatError, Signature, SignerPublic, as_bytes, loads_exact
from station.keys.token_child import read_message, write_message
from station.keys.wrap import MAX_WRAPPED_BYTES, open_bytes, seal_bytes

DEADLINE_S: Final = 20.0
SIGN_LABEL: Final = "station-sign"
WRAP_LABEL: Final = "station-wrap"


class TokenError(StorageError):
    """The token or its library does not answer: pulled out, crashed, hung. Nothing was signed or opened; put it in and try again."""

    code = "token"


class TokenPinError(AccessError):
    """The token refuses the PIN; after some wrong ones it locks itself."""

    code = "token-pin"


class TokenClient:
    """The parent's side of the child process. One call at a time; a call past its deadline ends the child."""

    def __init__(self, module: str, pin: str, label: str = "", deadline_s: float = DEADLINE_S) -> None:
        self._mutex = threading.Lock()
        self._deadline_s = deadline_s
        self._child = subprocess.Popen(
            [sys.executable, "-m", "station.keys.token_child"], env={**os.environ, "PYTHONPATH": _import_path()},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self.label, self.serial = self._call("open", module, label, pin)
        except BaseException:
            self.close()
            raise

    def make(self, label: str, purpose: str) -> bytes:
        """Make a key pair for ``sign`` or ``agree``; return its public point (65 bytes)."""
        return bytes(self._call("make", label, purpose))

    def point(self, label: str) -> bytes:
        """Return the public point of a key; TokenError when there is none."""
        return bytes(self._call("point", label))

    def sign(self, label: str, digest: bytes) -> bytes:
        """Return r ‖ s (64 bytes) over a SHA-256 digest."""
        return bytes(self._call("sign", label, digest))

    def agree(self, label: str, point: bytes) -> bytes:
        """Return the ECDH secret with `point`."""
        return bytes(self._call("agree", label, point))

    def close(self) -> None:
        """End the child; harmless when repeated."""
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                # A child that died leaves unsent bytes in the pipe; closing says so, and the pipe is closed all the same.
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._child.wait(2)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _call(self, *message: Any) -> Any:
        stdin, stdout = self._child.stdin, self._child.stdout
        if stdin is None or stdout is None or stdin.closed:
            raise TokenError("The token is closed; nothing was signed or opened.")
        with self._mutex:
            # A hung library ends the child, and the read below with it.
            timer = threading.Timer(self._deadline_s, self._child.kill)
            timer.start()
            try:
                write_message(stdin, list(message))
                answer = read_message(stdout)
            except (OSError, EOFError, ValueError) as error:
                raise TokenError(
                    "The token's library stopped or does not answer. Nothing was signed or opened; put the token in and try again."
                ) from error
            finally:
                timer.cancel()
        if answer[0] == "ok":
            return answer[1]
        if answer[1] in ("PinIncorrect", "PinLocked", "PinExpired", "PinInvalid", "PinLenRange"):
            raise TokenPinError("The token refuses the PIN. Nothing was changed; too many wrong ones lock the token.")
        raise TokenError(f"The token cannot do this ({answer[1]}). Nothing was signed or opened; put the token in and try again.")


class TokenWrapper:
    """`Wrapper` by a key on the token."""

    kind = "token"

    def __init__(self, client: TokenClient, label: str = WRAP_LABEL) -> None:
        self.client, self._label = client, label

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """See `Wrapper.wrap`; the token's key is made on first use."""
        try:
            point = self.client.point(self._label)
        except TokenError:
            point = self.client.make(self._label, "agree")
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        shared = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
        own = ephemeral.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return cbor2.dumps([self._label, own, seal_bytes(_derived(shared, own, context), secret, context)], canonical=True)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `Wrapper.unwrap`."""
        label, own, sealed = loads_exact(wrapped, MAX_WRAPPED_BYTES, 3)
        if not isinstance(label, str):
            raise KeyFormatError("A key wrapped to a token is damaged; it was not opened.")
        own = as_bytes(own, 65)
        return open_bytes(
            _derived(self.client.agree(label, own), own, context), as_bytes(sealed, None, MAX_WRAPPED_BYTES), context
        )


class TokenSigner:
    """`Signer` whose ES256 half is signed by the token; `to_secret` gives what is stored (the ML-DSA half and the token key's name)."""

    def __init__(self, client: TokenClient, label: str, post_quantum: mldsa.MLDSA65PrivateKey) -> None:
        self._client, self._label, self._post_quantum = client, label, post_quantum
        pq = post_quantum.public_key().public_bytes_raw()
        self._public = SignerPublic(((Algorithm.ES256, client.point(label)), (Algorithm.ML_DSA_65, pq)))
        self._key_id = self._public.key_id

    @classmethod
    def generate(cls, client: TokenClient, label: str = SIGN_LABEL) -> TokenSigner:
        """Make the token's key pair `label` and the software half."""
        client.make(label, "sign")
        return cls(client, label, mldsa.MLDSA65PrivateKey.generate())

    @property
    def key_id(self) -> str:
        """See `Signer.key_id`."""
        return self._key_id

    @property
    def public(self) -> SignerPublic:
        """See `Signer.public`."""
        return self._public

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """See `Signer.algorithms`."""
        return self._public.algorithms

    def sign(self, data: bytes) -> tuple[Signature, ...]:
        """See `Signer.sign`."""
        return tuple(self.sign_one(a, data) for a in self.algorithms)

    def sign_one(self, algorithm: Algorithm, data: bytes) -> Signature:
        """See `Signer.sign_one`; TokenError when the token does not answer."""
        if algorithm is Algorithm.ES256:
            return Signature(algorithm, self._key_id, self._client.sign(self._label, hashlib.sha256(data).digest()))
        return Signature(algorithm, self._key_id, self._post_quantum.sign(data))

    def to_secret(self) -> bytes:
        """Return what `from_secret` needs beside the token; to be wrapped."""
        return cbor2.dumps([self._label, self._post_quantum.private_bytes_raw()], canonical=True)

    @classmethod
    def from_secret(cls, client: TokenClient, secret: bytes) -> TokenSigner:
        """Read what `to_secret` gave."""
        label, seed = loads_exact(secret, MAX_WRAPPED_BYTES, 2)
        return cls(client, str(label), mldsa.MLDSA65PrivateKey.from_seed_bytes(as_bytes(seed, 32)))


def token_wrapper(module: str, pin: str, label: str = "") -> TokenWrapper:
    """Open the token of the library `module` and return its wrapper.

    Raises:
        TokenError: no library named, none or several tokens. TokenPinError: wrong PIN.
    """
    if not module:
        raise TokenError("No PKCS#11 library is named: set STATION_PKCS11_MODULE to its path. Nothing was changed.")
    return TokenWrapper(TokenClient(module, pin, label))


def _derived(shared: bytes, ephemeral: bytes, context: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, ephemeral, b"enrollment-station token wrap|" + context).derive(shared)


def _import_path() -> str:
    """Return an import path on which the child finds this very program, installed or not."""
    return os.pathsep.join([str(Path(__file__).resolve().parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
