"""Where accepted packages lie, still sealed: files of the intake's folder, or a bucket of an S3 store.

A package is kept under its id before its row is written, so that a row never points to nothing; keeping the same one again is harmless.
The S3 client takes its credentials where AWS's own tools do (environment, ``~/.aws``, the machine's role), never from the command line.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from station.errors import InputError, StorageError
from station.files import Files
from station.package import HARD_LIMIT_BYTES

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"([A-Za-z0-9._-]{1,100}/?){0,5}")
_TIMEOUT_S: Final = 20


class Packages(Protocol):
    """A place for accepted packages. Every method raises `StorageError` and nothing else."""

    def put(self, package_id: str, data: bytes) -> None:
        """Keep a package; durable (files) or confirmed by the store (S3) when this returns."""

    def get(self, package_id: str) -> bytes:
        """Return a package's bytes."""

    def room(self) -> int | None:
        """Return how many bytes can still be kept, None when the store does not say."""


def package_file(package_id: str) -> str:
    """Return the name of an accepted package. `package_id` is 32 hex digits."""
    return f"packages/{package_id[:2]}/{package_id}.pkg"


class FilePackages:
    """Files of the intake's folder."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def put(self, package_id: str, data: bytes) -> None:
        """See `Packages.put`."""
        self._files.write(package_file(package_id), data)

    def get(self, package_id: str) -> bytes:
        """See `Packages.get`."""
        return self._files.read(package_file(package_id), HARD_LIMIT_BYTES)

    def room(self) -> int | None:
        """See `Packages.room`."""
        return self._files.free_bytes()


class S3Packages:
    """A bucket. `address` is ``s3://bucket/prefix``; `endpoint` another store than AWS's (MinIO, Ceph), by its URL.

    Each upload carries its SHA-256, which the store checks; a store that answers with an error leaves nothing half kept.
    """

    def __init__(self, address: str, endpoint: str = "") -> None:
        parts = urlsplit(address)
        prefix = parts.path.strip("/")
        if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc) or not _PREFIX.fullmatch(prefix):
            raise InputError("An S3 address is written s3://bucket/prefix; nothing was started.", code="s3-address")
        if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
            raise InputError("An S3 endpoint is an http or https address; nothing was started.", code="s3-address")
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise StorageError("S3 needs the extra 'server' (boto3); nothing was started.", code="s3-missing") from error
        self._bucket, self._prefix = parts.netloc, f"{prefix}/" if prefix else ""
        settings = Config(connect_timeout=_TIMEOUT_S, read_timeout=_TIMEOUT_S, retries={"max_attempts": 3, "mode": "standard"},
                          request_checksum_calculation="when_required", s3={"addressing_style": "path" if endpoint else "auto"})  # fmt: skip
        with _errors():
            self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=settings)
            self._client.head_bucket(Bucket=self._bucket)

    def _key(self, package_id: str) -> str:
        return self._prefix + package_file(package_id)

    def put(self, package_id: str, data: bytes) -> None:
        """See `Packages.put`."""
        import base64

        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        with _errors():
            self._client.put_object(Bucket=self._bucket, Key=self._key(package_id), Body=data, ChecksumSHA256=digest)

    def get(self, package_id: str) -> bytes:
        """See `Packages.get`."""
        with _errors():
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(package_id))
            with found["Body"] as body:
                data = bytes(body.read(HARD_LIMIT_BYTES + 1))
        if len(data) > HARD_LIMIT_BYTES:
            raise StorageError("The stored package is larger than any package may be; it was not read.", code="file-too-large")
        return data

    def room(self) -> int | None:
        """See `Packages.room`."""
        return None


class _errors:  # noqa: N801 - used like a function
    """Turn boto's errors into a plain one; what the store said is kept as the cause, not repeated."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, BotoCoreError | ClientError):
            raise StorageError("The package store does not take this now; nothing was lost, stations keep their packages. "
                               "Check the bucket, its rights and the line.", code="s3-store") from error  # fmt: skip


__all__ = ["FilePackages", "Packages", "S3Packages", "package_file"]
