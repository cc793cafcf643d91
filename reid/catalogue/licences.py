"""Under which licence stored files and what is said of them came, as SPDX expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core
from reid.catalogue.licensing import Unlike, take, unlike
from reid.catalogue.said import some
from reid.catalogue.schema import SightingMediaRow, SightingRow
from reid.catalogue.sightings import find_sighting
from reid.types import Sighting


@dataclass(frozen=True, slots=True)
class Licensed:
    """Of one sighting: ``data`` is of what is said of it, ``media`` of its files by sha256.

    Where nobody stated one it is "", and the file is not in ``media``.
    """

    data: str = ""
    media: Mapping[str, str] = field(default_factory=dict)


class Licences(Core):
    """Licences of a catalogue's sightings. Nobody's word: the catalogue owner's own."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Licences:
        """Those of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def told(self, sighting_ids: Collection[str]) -> dict[str, Licensed]:
        """By sighting; none of those not stored."""
        return self._read(lambda session: _told(session, sighting_ids))

    def counts(self) -> dict[str, int]:
        """How many files of sightings came under each licence, and how much of what is said."""
        return self._read(_counts)

    def state(self, sighting: Sighting, *, replace: bool = False) -> tuple[str, ...]:
        """State a stored sighting's licences where nobody did; with ``replace`` all of them.

        Returns those that stand there otherwise and stay.

        Raises:
            NotFoundError: no such sighting.
        """
        check_texts("licence", sighting.licence, *(media.licence for media in sighting.media))

        def rows(session: Session) -> Unlike:
            return unlike(find_sighting(session, sighting.id), sighting)

        # An archive that comes again is mostly looked at: readers wait for nobody.
        if not self._read(rows):
            return ()
        return self._write(lambda session: take(rows(session), replace=replace))


def _told(session: Session, sighting_ids: Collection[str]) -> dict[str, Licensed]:
    data: dict[str, str] = {}
    media: dict[str, dict[str, str]] = {}
    row = SightingMediaRow
    for part in some(sighting_ids):
        query = select(SightingRow.id, SightingRow.licence).where(SightingRow.id.in_(part))
        data |= {name: licence or "" for name, licence in session.execute(query)}
        files = select(row.sighting_id, row.media_sha256, row.licence).where(
            row.sighting_id.in_(part), row.licence.is_not(None)
        )
        for name, sha256, licence in session.execute(files):
            media.setdefault(name, {})[sha256] = licence or ""
    return {name: Licensed(licence, media.get(name, {})) for name, licence in data.items()}


def _counts(session: Session) -> dict[str, int]:
    found: Counter[str] = Counter()
    for column in (SightingRow.licence, SightingMediaRow.licence):
        query = select(column, func.count()).where(column.is_not(None)).group_by(column)
        found.update({licence or "": many for licence, many in session.execute(query)})
    return dict(sorted(found.items()))


def of_files(session: Session, sha256s: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Every licence stated for a file, in whichever sighting it stands; none: not among them."""
    found: dict[str, set[str]] = {}
    row = SightingMediaRow
    for part in some(sha256s):
        query = select(row.media_sha256, row.licence).where(
            row.media_sha256.in_(part), row.licence.is_not(None)
        )
        for sha256, licence in session.execute(query):
            found.setdefault(sha256, set()).add(licence or "")
    return {sha256: tuple(sorted(licences - {""})) for sha256, licences in found.items()}
