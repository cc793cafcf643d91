"""Every stored animal whose sighting somebody named, with what training must know of the label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.codec import unpack_mask
from reid.catalogue.core import Core
from reid.catalogue.gallery import Frame, frames_of
from reid.catalogue.licences import of_files
from reid.catalogue.open_pairs import Pair, pair_of
from reid.catalogue.said import coat_changes, some, when
from reid.catalogue.schema import (
    AnnotationRow,
    IdentityEventRow,
    IdentityFactRow,
    SightingRow,
)
from reid.catalogue.told_apart import PAIR, ToldApart, told_apart
from reid.catalogue.who import current_names
from reid.identities import subjects
from reid.identities.facts import CoatChange


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One animal in one picture of a sighting that is believed to be an individual.

    ``frame`` is what is known of the picture, ``mask`` (height, width) bool of its box or None.
    ``number`` never changes, the name may; ``by`` decided it. ``at``: when the sighting may have
    been, every candidate. ``licences`` (SPDX): all that were stated of the picture in any sighting,
    ``data_licence`` that of what is said of this one; none and "": its owner's own.
    """

    frame: Frame
    individual: str
    number: int
    by: str
    station: str
    at: tuple[datetime, ...]
    mask: NDArray[np.bool_] | None = field(repr=False)
    licences: tuple[str, ...] = ()
    data_licence: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """All of them in the order of storing, as they stand after ``event``.

    ``parted``: pairs of sightings that somebody called two animals; ``changes``: noted changes of
    a coat by the individual's number; ``apart``: everything that was looked at and called two.
    """

    event: int
    animals: tuple[Labelled, ...]
    parted: frozenset[Pair]
    changes: Mapping[int, tuple[CoatChange, ...]]
    apart: tuple[ToldApart, ...] = ()


class LabelledAnimals(Core):
    """What a training set is made from."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> LabelledAnimals:
        """Those of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def media_path(self, sha256: str) -> Path:
        """Where a stored file lies; whether it does is not looked at."""
        return self.media.path(sha256)

    def labels(self) -> Labels:
        """Every animal of every sighting that is somebody, in one transaction."""
        return self._read(_labels)


def _labels(session: Session) -> Labels:
    fact = IdentityFactRow
    query = (
        select(fact.sighting_id, fact.individual_id, IdentityEventRow.by)
        .join(IdentityEventRow, IdentityEventRow.id == fact.writer)
        .where(fact.kind == subjects.SIGHTING, fact.individual_id.is_not(None))
    )
    held = {name: (number, by) for name, number, by in session.execute(query) if name and number}
    names, times = current_names(session, None), when(session, held)
    masks, (stations, licences) = _masks(session, held), _stations(session, held)
    frames = frames_of(session, held)
    files = of_files(session, {one.media_sha256 for own in frames.values() for one in own})
    animals = [
        Labelled(
            frame,
            names[name],
            held[name][0],
            held[name][1],
            stations.get(name) or "",
            tuple(t.at for t in times.get(name, ())),
            masks.get((name, frame.annotation_id)),
            files.get(frame.media_sha256, ()),
            licences.get(name, ""),
        )
        for name in sorted(held)
        if name in names
        for frame in frames.get(name, ())
    ]
    event = session.scalar(
        select(IdentityEventRow.id).order_by(IdentityEventRow.id.desc()).limit(1)
    )
    changes = {number: tuple(found) for number, found in coat_changes(session).items()}
    apart = tuple(told_apart(session))
    return Labels(event or 0, tuple(animals), _parted(apart), changes, apart)


def _parted(apart: Sequence[ToldApart]) -> frozenset[Pair]:
    return frozenset(pair_of(one.a, one.b) for one in apart if one.how == PAIR)


def _stations(
    session: Session, ids: Mapping[str, object]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Where each sighting was, and the licence of what is said of it."""
    stations: dict[str, str | None] = {}
    licences: dict[str, str] = {}
    row = SightingRow
    for part in some(ids):
        for one in session.execute(
            select(row.id, row.station, row.licence).where(row.id.in_(part))
        ):
            stations[one.id] = one.station
            licences[one.id] = one.licence or ""
    return stations, licences


def _masks(session: Session, ids: Mapping[str, object]) -> dict[Pair, NDArray[np.bool_]]:
    found: dict[Pair, NDArray[np.bool_]] = {}
    row = AnnotationRow
    for part in some(ids):
        query = select(row.sighting_id, row.annotation_id, row.mask).where(
            row.sighting_id.in_(part), row.mask.is_not(None)
        )
        found |= {(a, b): unpack_mask(mask) for a, b, mask in session.execute(query) if mask}
    return found
