"""Up to which row what is there, for indexes that have to know whether they still fit."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from reid.catalogue.schema import AnnotationRow, EmbeddingRow, FeaturesRow
from reid.types import Extent

Measured = type[EmbeddingRow] | type[FeaturesRow]
_PAGE = 50_000


def extent_of(
    session: Session, rows: Measured, kind: ColumnElement[bool], up_to: int | None
) -> Extent:
    """The extent of the rows of one kind, up to a number (None: all)."""
    query = select(rows.id, rows.annotation_key).where(kind)
    if up_to is not None:
        query = query.where(rows.id <= up_to)
    pages = session.execute(query).partitions(_PAGE)
    pairs = np.concatenate(
        [np.zeros((0, 2), "<i8"), *(np.array([tuple(r) for r in page], "<i8") for page in pages)]
    )
    if not len(pairs):
        return Extent()
    pairs = pairs[np.argsort(pairs[:, 0])]  # sorted here: a database would read whole rows for it
    last = int(pairs[-1, 0])
    told = hashlib.sha256(pairs.tobytes())
    told.update(stamp_of(session, rows, last).encode())
    return Extent(last, len(pairs), told.hexdigest())


def stamp_of(session: Session, rows: Measured, row: int) -> str:
    """Which annotation a row is of and when that was stored; "" when there is no such row."""
    query: Any = (
        select(rows.annotation_key, AnnotationRow.created_at)
        .join(AnnotationRow, AnnotationRow.id == rows.annotation_key)
        .where(rows.id == row)
    )
    found = session.execute(query).one_or_none()
    return "" if found is None else stamp(*found)


def stamp(key: int, stored_at: datetime) -> str:
    """An annotation's number, and when it was stored."""
    return f"{key} {stored_at.isoformat()}"
