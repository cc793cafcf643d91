"""Cameras' clocks."""

from __future__ import annotations

from typing import Any

from reid.client.asking import Asking
from reid.client.operation import Ask, at, operation
from reid.client.results.clocks import (
    ClockEntries,
    ClockEntry,
    ClockPreview,
    ClockSuspects,
)


class AskClocks(Asking):
    """Corrections: what was recorded, what one would change, what may be wrong.

    ``correction`` has the fields of the document's ``ClockIn``: station, camera, first, last, and
    one of add_s; year and anchor; half_day; wrote and was.
    """

    @operation("GET /v1/clocks")
    def clock_corrections(self) -> ClockEntries:
        """Every correction that was recorded, oldest first."""
        return self._result(ClockEntries, Ask("GET", "/v1/clocks"))

    @operation("POST /v1/clocks/preview")
    def preview_clock(self, correction: dict[str, Any]) -> ClockPreview:
        """Which sightings' times a correction would change; nothing is recorded."""
        return self._result(ClockPreview, Ask("POST", "/v1/clocks/preview", json=correction))

    @operation("POST /v1/clocks")
    def correct_clock(self, correction: dict[str, Any], *, by: str, why: str) -> ClockEntry:
        """Record a correction.

        Raises:
            ConflictError: another one holds for some of the same times.
            NoAnswerError: it may have been recorded; ``clock_corrections`` tells.
        """
        body = {**correction, "by": by, "why": why}
        return self._result(ClockEntry, Ask("POST", "/v1/clocks", json=body, repeatable=False))

    @operation("POST /v1/clocks/{number}/undo")
    def undo_clock(self, number: int, *, by: str, why: str) -> ClockEntry:
        """Take a correction back.

        Raises:
            ConflictError: it was taken back already.
        """
        path = at("/v1/clocks/{number}/undo", number=number)
        ask = Ask("POST", path, json={"by": by, "why": why}, repeatable=False)
        return self._result(ClockEntry, ask)

    @operation("GET /v1/clocks/suspects")
    def clock_suspects(self) -> ClockSuspects:
        """Clocks that may be wrong, with what speaks for it."""
        return self._result(ClockSuspects, Ask("GET", "/v1/clocks/suspects"))
