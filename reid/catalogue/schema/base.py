"""What all tables share: names of constraints, exact times, portable keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from sqlalchemy import BigInteger, Dialect, Double, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

TIME_CHARS = 40


class IsoTime(TypeDecorator[datetime]):
    """A time as ISO 8601 text: naive stays naive and an offset stays, on every database.

    Camera clocks have no zone; a database's own type would add or drop one. UTC times written
    with microseconds also sort as text.
    """

    impl = String(TIME_CHARS)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write."""
        return None if value is None else value.isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read."""
        return None if value is None else datetime.fromisoformat(value)


# SQLite numbers rows by itself only for INTEGER; PostgreSQL wants BIGINT to last.
KeyType = BigInteger().with_variant(Integer, "sqlite")
Key = Annotated[int, mapped_column(KeyType, primary_key=True, autoincrement=True)]
Sha256 = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    """Parent of all tables."""

    type_annotation_map: ClassVar[dict[type, Double[float]]] = {float: Double()}

    # Named constraints can be altered by later migrations, also on SQLite.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
