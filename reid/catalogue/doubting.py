"""Pairs of which another bundle says something else: kept until a person has looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core, now
from reid.catalogue.doubts import believed, open_doubts
from reid.catalogue.open_pairs import Pair, need_sightings, pair_of, standing
from reid.catalogue.schema import DoubtRow
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two sightings of which a bundle said ``said``, and the one that serves ``kind``.

    ``weight``: the lower, the more it matters. ``llr`` is of the one that serves, ``source`` its
    comparison or identification. ``reasons`` are shown to the reviewer with the rest of the
    machine's opinion.
    """

    a: str
    b: str
    weight: int
    said: str
    kind: str
    llr: float
    source: str = ""
    reasons: tuple[str, ...] = ()


class Doubts(Core):
    """What bundles put in doubt. Nothing here decides anything."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Doubts:
        """The doubts of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def put(self, bundle: str, doubts: Sequence[Doubt]) -> None:
        """What a bundle puts in doubt, in the place of what it did before.

        A pair of which it said the same before keeps its time: who looked at it since is not asked
        again.

        Raises:
            NotFoundError: a sighting is not stored.
            InputError: a sighting against itself.
        """
        at = now()
        kept = {pair_of(doubt.a, doubt.b): doubt for doubt in doubts}
        itself = [a for a, b in kept if a == b]
        require(not itself, f"doubts compare {itself[:3]} with itself")

        def work(session: Session) -> None:
            need_sightings(session, {name for pair in kept for name in pair})
            before = select(DoubtRow).where(DoubtRow.bundle == bundle)
            since = {(row.a, row.b, row.said): row.at for row in session.scalars(before)}
            session.execute(delete(DoubtRow).where(DoubtRow.bundle == bundle))
            for (a, b), doubt in kept.items():
                told = {"said": doubt.said, "kind": doubt.kind, "llr": doubt.llr}
                told |= {"weight": doubt.weight, "source": doubt.source}
                told |= {"at": since.get((a, b, doubt.said), at)}
                session.add(DoubtRow(bundle=bundle, a=a, b=b, reasons=list(doubt.reasons), **told))

        self._write(work)

    def waiting(self) -> dict[str, int]:
        """How many pairs of each bundle nobody has looked at since."""

        def work(session: Session) -> dict[str, int]:
            found: dict[str, int] = {}
            for row in open_doubts(session):
                found[row.bundle] = found.get(row.bundle, 0) + 1
            return found

        return self._read(work)

    def believed(self, pairs: Collection[Pair]) -> dict[Pair, str | None]:
        """What people believe of each pair: "same", "different", or nothing that they said."""

        def work(session: Session) -> dict[Pair, str | None]:
            decided = standing(session)
            return {pair: believed(decided, *pair) for pair in pairs}

        return self._read(work)

    def count(self) -> int:
        """How many are kept, looked at or not."""
        query = select(func.count()).select_from(DoubtRow)
        return self._read(lambda session: session.scalar(query) or 0)
