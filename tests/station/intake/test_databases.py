"""The same intake on SQLite and PostgreSQL; migrations lead to the very tables the program uses; a newer database is left alone."""

from __future__ import annotations

import concurrent.futures

import pytest
import sqlalchemy as sa

from station.errors import StorageError
from station.files import RealFiles
from station.intake.store import HEAD, Store
from station.intake.tables import METADATA
from station.queue import State
from tests.conftest import need_peer
from tests.station.intake.harness import RunningIntake, Station
from tests.station.intake.postgres import Postgres, programs


@pytest.fixture(scope="module")
def postgres():
    need_peer("PostgreSQL (Debian package postgresql)", programs() is not None)
    made = Postgres()
    yield made
    made.close()


@pytest.mark.peer
def test_on_postgresql_packages_are_stored_once(tmp_path, postgres) -> None:
    running = RunningIntake(tmp_path / "intake", database=postgres.url)
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        sealed = [station.seal(n) for n in range(4)]
        for one in sealed:
            station.queue.put(one)
        station.uploader(running.url).drain()
        assert station.queue.counts()[State.ACKNOWLEDGED] == 4
        with concurrent.futures.ThreadPoolExecutor(6) as pool:  # the same package by six ways at once
            late = station.seal(9)
            answers = list(pool.map(lambda _: running.intake.accept(late.data, via="stick"), range(6)))
        assert len({a.answer for a in answers}) == 1
        assert sum(a.new for a in answers) == 1
        assert running.intake.store.totals()["accepted"] == 5
        assert running.intake.store.stations()[0].missing == 0
        running.intake.issue("fees", {"table": "x"}, notice_id="ab" * 16)
        running.intake.issue("fees", {"table": "x"}, notice_id="ab" * 16)
        assert len(running.intake.store.notices(station.id, 0, 10)) == 1
        running.intake.refuse("ab" * 32, station.id, "package-other")
        running.intake.refuse("ab" * 32, station.id, "package-other")
        assert running.intake.store.totals()["refused"] == 1
    finally:
        running.close()
        station.close()


def shape(engine: sa.Engine) -> dict:
    inspector = sa.inspect(engine)
    result = {}
    for table in inspector.get_table_names():
        columns = {(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)}
        indexes = {(tuple(i["column_names"]), bool(i["unique"])) for i in inspector.get_indexes(table)}
        unique = {tuple(u["column_names"]) for u in inspector.get_unique_constraints(table)}
        result[table] = (columns, indexes, unique, tuple(inspector.get_pk_constraint(table)["constrained_columns"]))
    result.pop("alembic_version", None)
    return result


def both_ways(direct: str, migrated: str) -> tuple[dict, dict]:
    shapes = []
    for url, by_hand in ((direct, False), (migrated, True)):
        if by_hand:
            engine = sa.create_engine(url)
            with engine.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE alembic_version(version_num VARCHAR(32) PRIMARY KEY)")
            engine.dispose()
        store = Store(url)
        shapes.append(shape(store._engine))
        store.close()
    return shapes[0], shapes[1]


@pytest.mark.filterwarnings("default")
def test_migrations_lead_to_the_same_tables_on_sqlite(tmp_path) -> None:
    made, migrated = both_ways(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db")
    assert made == migrated
    assert set(made) == set(METADATA.tables)


@pytest.mark.peer
@pytest.mark.filterwarnings("default")
def test_migrations_lead_to_the_same_tables_on_postgresql(postgres) -> None:
    engine = sa.create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE one")
        connection.exec_driver_sql("CREATE DATABASE two")
    engine.dispose()
    made, migrated = both_ways(postgres.url.replace("/postgres?", "/one?"), postgres.url.replace("/postgres?", "/two?"))
    assert made == migrated


@pytest.mark.filterwarnings("default")
def test_a_newer_database_is_left_alone(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    Store(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StorageError) as caught:
        Store(url)
    assert caught.value.reason_code == "intake-newer"
    assert HEAD != "9999"


def test_two_intakes_on_one_folder_are_refused(intake) -> None:
    from station.intake.app import Server

    with pytest.raises(StorageError) as caught:
        Server(intake.intake)
    assert caught.value.reason_code == "in-use"
    assert RealFiles(intake.folder).size("uploads/lock") is not None
