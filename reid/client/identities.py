"""Individuals and decisions: who is who, said by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from reid.client.asking import Asking
from reid.client.operation import Ask, at, given, operation
from reid.client.results import (
    Contradictions,
    Decided,
    Enrolment,
    Event,
    Events,
    IdentityChange,
    Individual,
    Individuals,
    Preview,
    Seen,
)

PAGE = 1000
ONE = "/v1/individuals/{name}"


class AskIdentities(Asking):
    """Individuals and the history of decisions."""

    @operation("GET /v1/individuals")
    def individuals(
        self,
        *,
        event: int | None = None,
        at_time: datetime | None = None,
        q: str = "",
        after: str = "",
        limit: int = PAGE,
    ) -> Individuals:
        """A page of those known, by name: now, after an event, or at a time with a zone.

        ``q``: part of a name.
        """
        asked = {**_as_of(event, at_time), "q": q, "after": after, "limit": limit}
        return self._result(Individuals, Ask("GET", "/v1/individuals", asked))

    def every_individual(self) -> Iterator[Individual]:
        """Everybody known now by name, page by page."""
        after: str | None = ""
        while after is not None:
            page = self.individuals(after=after)
            yield from page.individuals
            after = page.next

    @operation("GET /v1/individuals/{name}")
    def individual(
        self, name: str, *, event: int | None = None, at_time: datetime | None = None
    ) -> Individual:
        """One individual: now, after an event, or at a time with a zone. Raises MissingError."""
        return self._result(Individual, Ask("GET", at(ONE, name=name), _as_of(event, at_time)))

    @operation("GET /v1/individuals/{name}/dossier")
    def dossier(
        self,
        name: str,
        *,
        format: Literal["html", "pdf"] = "html",
        event: int | None = None,
        at_time: datetime | None = None,
    ) -> bytes:
        """All about one individual on a page to print, or as PDF. Raises MissingError."""
        asked = {"format": format, **_as_of(event, at_time)}
        return self._bytes(Ask("GET", at(ONE + "/dossier", name=name), asked))

    @operation("GET /v1/id-sheet")
    def id_sheet(
        self,
        *,
        format: Literal["html", "pdf"] = "html",
        title: str = "Known individuals",
        q: str = "",
        after: str = "",
        limit: int = 200,
        event: int | None = None,
        at_time: datetime | None = None,
    ) -> bytes:
        """Up to ``limit`` (200) individuals by both flanks, from the one after ``after``."""
        told = {"format": format, "title": title, "q": q, "after": after, "limit": limit}
        return self._bytes(Ask("GET", "/v1/id-sheet", {**told, **_as_of(event, at_time)}))

    @operation("PATCH /v1/individuals/{name}")
    def rename(
        self, name: str, new_name: str, *, version: int, by: str, why: str = ""
    ) -> Individual:
        """Another name for the individual as it was seen at ``version``.

        Raises:
            ContradictionError: it was changed since.
        """
        body = {"name": new_name, "by": by, "why": why}
        ask = Ask(
            "PATCH",
            at(ONE, name=name),
            json=body,
            headers={"If-Match": f'"{version}"'},
            repeatable=False,
        )
        return self._result(Individual, ask)

    @operation("GET /v1/individuals/{name}/contradictions")
    def contradictions(self, name: str) -> Contradictions:
        """What speaks against its sightings being one animal."""
        return self._result(Contradictions, Ask("GET", at(ONE + "/contradictions", name=name)))

    @operation("POST /v1/individuals/{name}/sightings")
    def enrol(
        self,
        name: str,
        sighting_id: str,
        *,
        by: str,
        why: str = "",
        accept_flags: bool = False,
        shown: Mapping[str, Any] | None = None,
    ) -> Enrolment:
        """Say that a sighting is this individual, new or known, having been ``shown`` what.

        Raises:
            ContradictionError: it is believed to be somebody else.
        """
        told = {"sighting_id": sighting_id, "by": by, "why": why, "accept_flags": accept_flags}
        body = {**told, "shown": dict(shown or {})}
        return self._result(Enrolment, Ask("POST", at(ONE + "/sightings", name=name), json=body))

    @operation("POST /v1/individuals/{name}/sightings/{sighting_id}/withdraw")
    def withdraw(self, name: str, sighting_id: str, *, by: str, why: str = "") -> IdentityChange:
        """Take back that a sighting is this individual."""
        place = at(ONE + "/sightings/{id}/withdraw", name=name, id=sighting_id)
        ask = Ask("POST", place, json={"by": by, "why": why}, repeatable=False)
        return self._result(IdentityChange, ask)

    @operation("POST /v1/decisions")
    def decide(
        self,
        decision: Mapping[str, Any],
        *,
        by: str,
        why: str = "",
        seen: Sequence[Seen | Mapping[str, Any]] = (),
        shown: Mapping[str, Any] | None = None,
    ) -> Decided:
        """Decide who is who: ``decision`` with its ``kind``; ``seen`` are versions it rests on.

        ``shown``: what was on the screen, such as ``{"identification": answer.id}``.

        Raises:
            ContradictionError: something changed since it was seen; nothing was changed.
            NoAnswerError: it may have been done; the history tells.
        """
        versions = [
            s.model_dump(exclude_none=True) if isinstance(s, Seen) else dict(s) for s in seen
        ]
        told = {"decision": dict(decision), "by": by, "why": why, "seen": versions}
        body = {**told, "shown": dict(shown or {})}
        return self._result(Decided, Ask("POST", "/v1/decisions", json=body, repeatable=False))

    @operation("GET /v1/decisions")
    def decisions(
        self,
        *,
        sighting_id: str | None = None,
        individual: str | None = None,
        by: str | None = None,
        kind: str | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 100,
    ) -> Events:
        """A page of the history: of one sighting or individual, of one person, of one kind.

        Oldest first; with ``before``, newest first.
        """
        about = given(sighting_id=sighting_id, individual=individual, by=by, kind=kind)
        asked = {**about, **given(after=after, before=before), "limit": limit}
        return self._result(Events, Ask("GET", "/v1/decisions", asked))

    def every_decision(self) -> Iterator[Event]:
        """The whole history, oldest first, page by page."""
        after: int | None = 0
        while after is not None:
            page = self.decisions(after=after, limit=PAGE)
            yield from page.events
            after = page.next

    @operation("POST /v1/exports")
    def export(self, *, by: str, name: str = "individuals.csv") -> str:
        """Who is who as CSV; that it went out is kept."""
        body = {"by": by, "name": name}
        return self._text(Ask("POST", "/v1/exports", json=body, repeatable=False))

    @operation("POST /v1/exports/{name}")
    def export_as(self, name: str, *, by: str, **how: Any) -> bytes:
        """The catalogue in a format such as ``camtrap-dp``, as a zip file; ``how`` as documented:
        ``time_zone``, ``title``, ``event``, ``species``, ``occasion_days``, ``crs``, ``draws``,
        ``individuals`` (of papers).
        """
        ask = Ask("POST", at("/v1/exports/{name}", name=name), json={"by": by, **how})
        return self._bytes(replace(ask, repeatable=False))

    @operation("POST /v1/decisions/preview")
    def preview(self, decision: Mapping[str, Any]) -> Preview:
        """What a merge or split would change and what speaks against it; nothing is changed."""
        body = {"decision": dict(decision)}
        return self._result(Preview, Ask("POST", "/v1/decisions/preview", json=body))

    @operation("GET /v1/decisions/{number}")
    def decision(self, number: int) -> Event:
        """One decision. Raises MissingError."""
        return self._result(Event, Ask("GET", at("/v1/decisions/{n}", n=number)))

    @operation("POST /v1/decisions/{number}/undo")
    def undo(self, number: int, *, by: str, why: str = "") -> Decided:
        """Take a decision back, whole.

        Raises:
            ContradictionError: later decisions depend on it.
        """
        place = at("/v1/decisions/{n}/undo", n=number)
        ask = Ask("POST", place, json={"by": by, "why": why}, repeatable=False)
        return self._result(Decided, ask)


def _as_of(event: int | None, at_time: datetime | None) -> dict[str, Any]:
    return given(event=event, at=None if at_time is None else at_time.isoformat())
