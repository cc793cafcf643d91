"""How far a projection of the catalogue reaches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """What was stored of one kind up to a row: the number of the ``last`` one, how many, a digest.

    ``sha256`` is over which annotation each row is of, and when the last one's was stored. Rows are
    only added, so equal extents mean equal rows; a backup that was put back and filled again with
    something else has another digest, although its numbers may be the same.
    """

    last: int = 0
    count: int = 0
    sha256: str = ""
