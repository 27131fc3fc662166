"""First tables. Written out, not taken from `tables.py`: what is here must never change with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(name: str, *, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, unique=unique)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _serial() -> sa.Column[int]:
    return sa.Column("number", _SERIAL, primary_key=True, autoincrement=True)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def upgrade() -> None:
    """Make the first tables."""
    op.create_table("station", _key("id"), _text("state"), _text("label"), _number("enrolled"), _number("seen"),
                    _number("top_sequence"), _number("packages"))  # fmt: skip
    op.create_table("station_key", _key("key_id"), _text("station"), _bytes("public"), _text("state"), _number("since"))
    op.create_index("ix_station_key_station", "station_key", ["station"])
    op.create_table("operator", _key("key_id"), _text("operator"), _text("station"), _bytes("public"), _text("state"),
                    _number("since"))  # fmt: skip
    op.create_table("package", _serial(), _text("package_id", unique=True), _text("manifest"), _text("sha256"), _number("bytes"),
                    _text("station"), _text("operator"), _text("dossier"), _number("sequence"),
                    sa.Column("demo", sa.Boolean, nullable=False), _number("received"), _text("via"),
                    _text("receipt_number", unique=True), _bytes("answer"))  # fmt: skip
    op.create_index("package_station_received", "package", ["station", "received"])
    op.create_index("package_dossier", "package", ["dossier"])
    op.create_table("refusal", _serial(), _text("package_id"), _text("station"), _number("at"), _text("reasons"), _bytes("answer"),
                    sa.UniqueConstraint("package_id", "station", name="refusal_once"))  # fmt: skip
    op.create_table("enroll_code", _key("id"), _bytes("key"), _number("expires"), _text("used_by"),
                    sa.Column("tries", sa.Integer, nullable=False), _text("label"))  # fmt: skip
    op.create_table("notice", _serial(), _text("notice_id", unique=True), _text("station"), _text("kind"), _number("at"),
                    _bytes("message"))  # fmt: skip
    op.create_index("ix_notice_station", "notice", ["station"])
