"""The intake's database: SQLite beside the files by default, PostgreSQL by its address. All statements are bound, none composed."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from station.errors import StorageError
from station.intake.tables import CODE, METADATA, NOTICE, OPERATOR, PACKAGE, REFUSAL, STATION, STATION_KEY

HEAD: Final = "0001"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A station's or operator's key as the intake knows it: `state` is active, pending, retired or revoked."""

    key_id: str
    owner: str
    station: str
    public: bytes
    state: str


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station as the health page shows it."""

    id: str
    state: str
    label: str
    seen: int
    packages: int
    top_sequence: int

    @property
    def missing(self) -> int:
        """How many sealed packages have not arrived, by the gaps in the station's own count."""
        return max(0, self.top_sequence - self.packages)


class Store:
    """One database. Safe to use from several threads.

    Raises:
        StorageError: unreachable, written by a newer program, disk full.
    """

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {"pool_pre_ping": False}
        if url.startswith("sqlite"):
            options |= {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": 4}
        else:
            options |= {"pool_size": 6, "max_overflow": 2, "connect_args": {"connect_timeout": 10}}
        self._engine = sa.create_engine(url, **options)
        self._write = threading.Lock() if url.startswith("sqlite") else None
        if url.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _sqlite_pragmas)
        with _errors():
            self._migrate()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        """Bring the schema to `HEAD`. Alembic (half a second of imports) is needed only when an older schema is found."""
        with self._engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            version = None
            if "alembic_version" in tables:
                version = connection.execute(
                    sa.select(sa.column("version_num")).select_from(sa.table("alembic_version"))
                ).scalar()
        if version == HEAD:
            return
        if not tables:
            with self._engine.begin() as connection:  # tests/station/intake proves this equal to all migrations in turn
                METADATA.create_all(connection)
                mark = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
                mark.create(connection)
                connection.execute(mark.insert().values(version_num=HEAD))
            return
        self.run_migrations()

    def run_migrations(self) -> None:
        """Run Alembic's migrations up to the newest.

        Raises:
            StorageError: ``intake-newer`` or ``intake-migration``.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic looks for settings files that we do not have
            from alembic import command
            from alembic.config import Config
            from alembic.runtime.migration import MigrationContext
            from alembic.script import ScriptDirectory
            from alembic.util import CommandError

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            config.set_main_option("version_locations", str(Path(__file__).parent / "migrations" / "versions").replace("%", "%%"))
            config.set_main_option("path_separator", "newline")
            known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
            with self._engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and current not in known:
                    raise StorageError("The intake's database was written by a newer program; nothing was changed. "
                                       "Start the newer one.", code="intake-newer")  # fmt: skip
                connection.rollback()
                config.attributes["connection"] = connection
                try:
                    command.upgrade(config, "head")
                except CommandError as error:
                    raise StorageError("The intake's database could not be brought up to date; it was left as it is.",
                                       code="intake-migration") from error  # fmt: skip
                connection.commit()

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with _errors():
            if self._write is None:
                with self._engine.begin() as connection:
                    yield connection
            else:
                with self._write, self._engine.begin() as connection:
                    yield connection

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with _errors(), self._engine.connect() as connection:
            yield connection

    # -- stations and operators --------------------------------------------------------------------------------------------

    def add_station(self, station: str, label: str, key_id: str, public: bytes, now: int) -> None:
        """Enroll a station or add its next key: older keys become retired (still good for what they signed)."""
        with self._begin() as c:
            if c.execute(sa.select(STATION.c.id).where(STATION.c.id == station)).first() is None:
                c.execute(STATION.insert().values(id=station, state="active", label=label, enrolled=now, seen=now, top_sequence=0,
                                                  packages=0))  # fmt: skip
            known = c.execute(sa.select(STATION_KEY.c.state).where(STATION_KEY.c.key_id == key_id)).first()
            if known is None:
                c.execute(STATION_KEY.update().where(STATION_KEY.c.station == station, STATION_KEY.c.state == "active")
                          .values(state="retired"))  # fmt: skip
                c.execute(STATION_KEY.insert().values(key_id=key_id, station=station, public=public, state="active", since=now))

    def has_station(self, station: str) -> bool:
        """Return whether a station of this id was ever enrolled."""
        with self._read() as c:
            return c.execute(sa.select(STATION.c.id).where(STATION.c.id == station)).first() is not None

    def station_key(self, key_id: str) -> KeyRow | None:
        """Return a station's key; its state is ``revoked`` also when the whole station is."""
        query = (sa.select(STATION_KEY.c.key_id, STATION_KEY.c.station, STATION_KEY.c.public, STATION_KEY.c.state, STATION.c.state)
                 .join(STATION, STATION.c.id == STATION_KEY.c.station).where(STATION_KEY.c.key_id == key_id))  # fmt: skip
        with self._read() as c:
            row = c.execute(query).first()
        if row is None:
            return None
        return KeyRow(row[0], row[1], row[1], row[2], row[3] if row[4] == "active" else "revoked")

    def set_station(self, station: str, state: str) -> bool:
        """Set a station active or revoked; False when it is not known."""
        with self._begin() as c:
            return bool(c.execute(STATION.update().where(STATION.c.id == station).values(state=state)).rowcount)

    def stations(self) -> list[StationRow]:
        """Return all stations."""
        columns = (STATION.c.id, STATION.c.state, STATION.c.label, STATION.c.seen, STATION.c.packages, STATION.c.top_sequence)
        with self._read() as c:
            return [StationRow(*row) for row in c.execute(sa.select(*columns).order_by(STATION.c.id))]

    def seen(self, station: str, now: int) -> None:
        """Note that a station signed in."""
        with self._begin() as c:
            c.execute(STATION.update().where(STATION.c.id == station).values(seen=now))

    def add_operator(self, key_id: str, operator: str, station: str, public: bytes, *, state: str, now: int) -> None:
        """Note an operator's key; a known one is left as it is (a station cannot re-activate a revoked operator)."""
        with self._begin() as c:
            if c.execute(sa.select(OPERATOR.c.key_id).where(OPERATOR.c.key_id == key_id)).first() is None:
                c.execute(OPERATOR.insert().values(key_id=key_id, operator=operator, station=station, public=public, state=state,
                                                   since=now))  # fmt: skip

    def operator_key(self, key_id: str) -> KeyRow | None:
        """Return an operator's key."""
        columns = (OPERATOR.c.key_id, OPERATOR.c.operator, OPERATOR.c.station, OPERATOR.c.public, OPERATOR.c.state)
        with self._read() as c:
            row = c.execute(sa.select(*columns).where(OPERATOR.c.key_id == key_id)).first()
        return KeyRow(*row) if row else None

    def operators(self) -> list[KeyRow]:
        """Return all operators' keys."""
        columns = (OPERATOR.c.key_id, OPERATOR.c.operator, OPERATOR.c.station, OPERATOR.c.public, OPERATOR.c.state)
        with self._read() as c:
            return [KeyRow(*row) for row in c.execute(sa.select(*columns).order_by(OPERATOR.c.operator))]

    def set_operator(self, operator: str, state: str) -> int:
        """Set every key of an operator active or revoked; return how many."""
        with self._begin() as c:
            return c.execute(OPERATOR.update().where(OPERATOR.c.operator == operator).values(state=state)).rowcount

    # -- one-time codes ----------------------------------------------------------------------------------------------------

    def add_code(self, code_id: str, key: bytes, expires: int, label: str) -> None:
        """Keep a one-time code's key."""
        with self._begin() as c:
            c.execute(CODE.insert().values(id=code_id, key=key, expires=expires, used_by="", tries=0, label=label))

    def code(self, code_id: str) -> tuple[bytes, int, str, int, str] | None:
        """Return (key, expires, used by key id or "", wrong tries, label)."""
        with self._read() as c:
            row = c.execute(sa.select(CODE.c.key, CODE.c.expires, CODE.c.used_by, CODE.c.tries, CODE.c.label)
                            .where(CODE.c.id == code_id)).first()  # fmt: skip
        return (row[0], row[1], row[2], row[3], row[4]) if row else None

    def code_failed(self, code_id: str) -> None:
        """Count a wrong try."""
        with self._begin() as c:
            c.execute(CODE.update().where(CODE.c.id == code_id).values(tries=CODE.c.tries + 1))

    def use_code(self, code_id: str, key_id: str) -> bool:
        """Mark a code as used by `key_id`; False when another was faster."""
        with self._begin() as c:
            done = c.execute(CODE.update().where(CODE.c.id == code_id, CODE.c.used_by.in_(["", key_id])).values(used_by=key_id))
            return bool(done.rowcount)

    # -- packages ----------------------------------------------------------------------------------------------------------

    def add_package(self, row: dict[str, Any]) -> bytes:
        """Insert an accepted package and return its answer; one that is already there keeps its first answer."""
        try:
            with self._begin() as c:
                c.execute(PACKAGE.insert().values(**row))
                c.execute(STATION.update().where(STATION.c.id == row["station"]).values(
                    packages=STATION.c.packages + 1, seen=row["received"],
                    top_sequence=sa.case((STATION.c.top_sequence < row["sequence"], row["sequence"]), else_=STATION.c.top_sequence),
                ))  # fmt: skip
                c.execute(REFUSAL.delete().where(REFUSAL.c.package_id == row["package_id"], REFUSAL.c.station == row["station"]))
        except StorageError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            known = self.package(row["package_id"])
            if known is None:
                raise
            return bytes(known["answer"])
        return bytes(row["answer"])

    def package(self, package_id: str) -> dict[str, Any] | None:
        """Return an accepted package's row."""
        with self._read() as c:
            row = c.execute(sa.select(PACKAGE).where(PACKAGE.c.package_id == package_id)).mappings().first()
        return dict(row) if row else None

    def by_receipt(self, number: str) -> dict[str, Any] | None:
        """Return the row of the package that has this receipt number."""
        with self._read() as c:
            row = c.execute(sa.select(PACKAGE).where(PACKAGE.c.receipt_number == number)).mappings().first()
        return dict(row) if row else None

    def packages_since(self, station: str, since: int) -> int:
        """Return how many packages of a station were accepted since a time."""
        query = sa.select(sa.func.count()).select_from(PACKAGE).where(PACKAGE.c.station == station, PACKAGE.c.received >= since)
        with self._read() as c:
            return int(c.execute(query).scalar_one())

    def totals(self) -> dict[str, int]:
        """Return accepted and refused packages and accepted bytes."""
        with self._read() as c:
            count, size = c.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(PACKAGE.c.bytes), 0))).one()
            refused = c.execute(sa.select(sa.func.count()).select_from(REFUSAL)).scalar_one()
        return {"accepted": int(count), "bytes": int(size), "refused": int(refused)}

    def set_refusal(self, package_id: str, station: str, at: int, reasons: list[str], answer: bytes) -> None:
        """Keep the latest refusal of a package for the station that brought it."""
        values = {"package_id": package_id, "station": station, "at": at, "reasons": json.dumps(reasons), "answer": answer}
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        with self._begin() as c:
            c.execute(insert(REFUSAL).values(**values).on_conflict_do_update(
                index_elements=["package_id", "station"], set_={k: values[k] for k in ("at", "reasons", "answer")}))  # fmt: skip

    def refusal(self, package_id: str, station: str) -> bytes | None:
        """Return the signed refusal of a package for a station."""
        with self._read() as c:
            row = c.execute(
                sa.select(REFUSAL.c.answer).where(REFUSAL.c.package_id == package_id, REFUSAL.c.station == station)
            ).first()
        return bytes(row[0]) if row else None

    # -- notices -----------------------------------------------------------------------------------------------------------

    def add_notice(self, notice_id: str, station: str, kind: str, at: int, message: bytes) -> None:
        """Keep a signed notice for a station ("" for all); the same id again changes nothing."""
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        values = {"notice_id": notice_id, "station": station, "kind": kind, "at": at, "message": message}
        with self._begin() as c:
            c.execute(insert(NOTICE).values(**values).on_conflict_do_nothing(index_elements=["notice_id"]))

    def notices(self, station: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Return (number, message) of the notices for a station after a number."""
        query = (sa.select(NOTICE.c.number, NOTICE.c.message).where(NOTICE.c.station.in_(["", station]), NOTICE.c.number > after)
                 .order_by(NOTICE.c.number).limit(limit))  # fmt: skip
        with self._read() as c:
            return [(int(n), bytes(m)) for n, m in c.execute(query)]


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the database's errors into plain ones; the cause stays attached, its text (which may hold values) is not repeated."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError("The intake's database does not take this now; nothing was lost, the station keeps its packages.",
                           code="intake-database") from error  # fmt: skip
    except SQLAlchemyError as error:
        raise StorageError(
            "The intake's database cannot be used as configured; nothing was changed.", code="intake-database"
        ) from error
