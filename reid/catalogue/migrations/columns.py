"""Words in which migrations say columns. Frozen: released migrations mean them as they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, String

TIME = String(40)
SHA256 = String(64)
CODE = String(16)
NAME = String(32)
KEY = BigInteger().with_variant(Integer, "sqlite")


def must(name: str, kind: Any) -> Column[Any]:
    """A column that is never NULL."""
    return Column(name, kind, nullable=False, autoincrement=False)


def may(name: str, kind: Any) -> Column[Any]:
    """A column that may be NULL."""
    return Column(name, kind, nullable=True)


def number() -> Column[Any]:
    """A primary key that counts by itself."""
    return Column("id", KEY, primary_key=True, autoincrement=True)


def link(column: str, target: str) -> ForeignKeyConstraint:
    """``column`` points to ``target`` (table.column)."""
    return ForeignKeyConstraint([column], [target])
