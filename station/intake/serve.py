"""Putting an intake together and running it: keys, folder, database, socket; a ready line; an orderly stop."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn

from station.clock import Clock, SystemClock
from station.errors import InputError, StorageError
from station.files import RealFiles
from station.intake.app import Server
from station.intake.enrollment import new_code
from station.intake.packages import S3Packages
from station.intake.service import Intake
from station.intake.settings import IntakeSettings, OperatorPolicy
from station.intake.store import Store
from station.keys import PassphraseWrapper, StationKeys, UnprotectedWrapper, Wrapper

DEMO = replace(
    IntakeSettings(), name="demo-intake", production=False, operators=OperatorPolicy.VOUCHED, min_free_bytes=50_000_000
)


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate, key, and the authority whose client certificates are demanded (mTLS), as PEM files."""

    certificate: str
    key: str
    client_ca: str | None = None


def open_intake(folder: Path, settings: IntakeSettings, *, passphrase: str | None = None, database: str | None = None,
                clock: Clock | None = None, packages: str = "", s3_endpoint: str = "") -> Intake:  # fmt: skip
    """Open (or make) the intake of a folder.

    Args:
        folder: keys, uploads, packages, and the SQLite database unless another is named.
        settings: see `IntakeSettings`.
        passphrase: opens the keys; without one they lie unprotected, which only a demo intake accepts.
        database: an SQLAlchemy address, for example ``postgresql+psycopg://host/name``; None means SQLite in the folder.
        clock: the system's by default.
        packages: ``s3://bucket/prefix`` for accepted packages; "" keeps them in the folder.
        s3_endpoint: another S3 store than AWS's.

    Raises:
        StorageError: wrong passphrase, newer database, disk full.
        InputError: a production intake without a passphrase.
    """
    if passphrase is None and settings.production:
        raise InputError("A production intake needs a passphrase for its keys (--passphrase-file); nothing was started. "
                         "For a trial use --demo.", code="passphrase-missing")  # fmt: skip
    kept = S3Packages(packages, s3_endpoint) if packages else None
    files = RealFiles(folder)
    wrapper: Wrapper = PassphraseWrapper(passphrase) if passphrase is not None else UnprotectedWrapper(files)
    keys = StationKeys.open_or_create(files, wrapper)
    store = Store(database or f"sqlite:///{files.database('intake.db')[0]}")
    return Intake(files, store, signer=keys.signer, opener=keys.opener, settings=settings, clock=clock or SystemClock(),
                  packages=kept)  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        StorageError: ``port-in-use`` or an address that is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except (OSError, OverflowError) as error:
        sock.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise StorageError(f"Port {port} is used by another program; nothing was started. Choose another with --port.",
                               code="port-in-use") from error  # fmt: skip
        raise StorageError(f"Cannot listen on {host} port {port}; nothing was started.", code="port") from error
    return sock


class _Uvicorn(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stop: threading.Event | None) -> None:
        super().__init__(config)
        self._ready, self._stop = ready, stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Every 0.1 s: whether to end."""
        return await super().on_tick(counter) or (self._stop is not None and self._stop.is_set())


def serve(intake: Intake, sock: socket.socket, *, ready: Callable[[dict[str, Any]], None], tls: Tls | None = None,
          with_code: bool = False, stop: threading.Event | None = None) -> None:  # fmt: skip
    """Serve until SIGTERM or SIGINT: requests under way are finished, what is being verified is finished, files are closed.

    `stop` ends it too, for a server on a thread. `ready` gets the machine-readable line: event, port, url, public_key, and a one-time code when `with_code`.
    """
    server = Server(intake)
    host, port = sock.getsockname()[:2]
    ssl_options: dict[str, Any] = {}
    if tls is not None:
        import ssl

        ssl_options = {"ssl_certfile": tls.certificate, "ssl_keyfile": tls.key}
        if tls.client_ca:
            ssl_options |= {"ssl_ca_certs": tls.client_ca, "ssl_cert_reqs": ssl.CERT_REQUIRED}
    config = uvicorn.Config(server.app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=10,
                            timeout_keep_alive=75, server_header=False, http="h11", ws="none", **ssl_options)  # fmt: skip

    def say_ready() -> None:
        line: dict[str, Any] = {
            "event": "ready", "host": host, "port": port, "url": f"{'https' if tls else 'http'}://{host}:{port}",
            "name": intake.settings.name, "production": intake.settings.production, "public_key": intake.public.to_text(),
        }  # fmt: skip
        if with_code:
            line["code"] = new_code(intake, "first station")
        ready(line)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn stops in order, then raises the signal again: we still close
            signal.signal(number, _nothing)
    try:
        _Uvicorn(config, say_ready, stop).run(sockets=[sock])
    finally:
        server.close()
        intake.store.close()
        sock.close()


def _nothing(_number: int, _frame: object) -> None:
    """A signal that has already done its work."""
