"""The intake's tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970 UTC. No name or number of a citizen."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

METADATA: Final = MetaData()
_SERIAL: Final = BigInteger().with_variant(Integer, "sqlite")

STATION: Final = Table(
    "station", METADATA,
    Column("id", Text, primary_key=True), Column("state", Text, nullable=False), Column("label", Text, nullable=False),
    Column("enrolled", BigInteger, nullable=False), Column("seen", BigInteger, nullable=False),
    Column("top_sequence", BigInteger, nullable=False), Column("packages", BigInteger, nullable=False),
)  # fmt: skip

STATION_KEY: Final = Table(
    "station_key", METADATA,
    Column("key_id", Text, primary_key=True), Column("station", Text, nullable=False, index=True),
    Column("public", LargeBinary, nullable=False), Column("state", Text, nullable=False), Column("since", BigInteger, nullable=False),
)  # fmt: skip

OPERATOR: Final = Table(
    "operator", METADATA,
    Column("key_id", Text, primary_key=True), Column("operator", Text, nullable=False), Column("station", Text, nullable=False),
    Column("public", LargeBinary, nullable=False), Column("state", Text, nullable=False), Column("since", BigInteger, nullable=False),
)  # fmt: skip

PACKAGE: Final = Table(
    "package", METADATA,
    Column("number", _SERIAL, primary_key=True, autoincrement=True), Column("package_id", Text, nullable=False, unique=True),
    Column("manifest", Text, nullable=False), Column("sha256", Text, nullable=False), Column("bytes", BigInteger, nullable=False),
    Column("station", Text, nullable=False), Column("operator", Text, nullable=False), Column("dossier", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False), Column("demo", Boolean, nullable=False),
    Column("received", BigInteger, nullable=False), Column("via", Text, nullable=False),
    Column("receipt_number", Text, nullable=False, unique=True), Column("answer", LargeBinary, nullable=False),
    Index("package_station_received", "station", "received"), Index("package_dossier", "dossier"),
)  # fmt: skip

REFUSAL: Final = Table(
    "refusal", METADATA,
    Column("number", _SERIAL, primary_key=True, autoincrement=True), Column("package_id", Text, nullable=False),
    Column("station", Text, nullable=False), Column("at", BigInteger, nullable=False), Column("reasons", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False), UniqueConstraint("package_id", "station", name="refusal_once"),
)  # fmt: skip

CODE: Final = Table(
    "enroll_code", METADATA,
    Column("id", Text, primary_key=True), Column("key", LargeBinary, nullable=False), Column("expires", BigInteger, nullable=False),
    Column("used_by", Text, nullable=False), Column("tries", Integer, nullable=False), Column("label", Text, nullable=False),
)  # fmt: skip

NOTICE: Final = Table(
    "notice", METADATA,
    Column("number", _SERIAL, primary_key=True, autoincrement=True), Column("notice_id", Text, nullable=False, unique=True),
    Column("station", Text, nullable=False, index=True), Column("kind", Text, nullable=False), Column("at", BigInteger, nullable=False),
    Column("message", LargeBinary, nullable=False),
)  # fmt: skip
