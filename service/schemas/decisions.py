"""Decisions in and out: who is who, said by whom, having seen what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from reid.identities import DecisionKind, PatternWord
from service.schemas.base import CameraTime, Id, In, Moment, Name, Out, Text

Version = Annotated[int, Field(ge=0, le=2**53)]
SHOWN = (
    "What the person was shown: anything that JSON says, such as filters and candidates. "
    "`identification` or `comparison` name the stored answer that was on the screen by its id. The "
    "service adds `answers`: what that asked and said, of which candidates, with which weights and "
    "calibration; where none is named, the last stored answer of each sighting, marked as such, "
    "and an empty list where there is none."
)
EXAMPLE: dict[str, Any] = {
    "decision": {"kind": "confirm", "sighting_id": "november", "individual": "Aidar"},
    "by": "Asel",
    "why": "rosettes behind the left shoulder",
    "shown": {"identification": "1d9c6e801b9baed9", "filters": {"prior_known": 0.5}},
    "seen": [{"sighting_id": "november", "version": 0}],
}


class SeenIn(In):
    """A sighting or an individual, and its `version` when it was looked at."""

    sighting_id: Id | None = None
    individual: Name | None = None
    version: Version

    @model_validator(mode="after")
    def _one(self) -> SeenIn:
        if (self.sighting_id is None) == (self.individual is None):
            raise ValueError("expected sighting_id or individual, one of them")
        return self


class ConfirmIn(In):
    """This sighting is that known individual."""

    kind: Literal["confirm"]
    sighting_id: Id
    individual: Name


class RejectIn(In):
    """These two sightings are two animals."""

    kind: Literal["reject"]
    a: Id
    b: Id


class NewIndividualIn(In):
    """These sightings are an animal that nobody named; without a name it gets one."""

    kind: Literal["new-individual"]
    sighting_ids: list[Id] = Field(default=[], max_length=1000)
    name: Id | None = None
    note: Text = ""


class NotIdentifiableIn(In):
    """Nobody will ever tell from these pictures who it is."""

    kind: Literal["not-identifiable"]
    sighting_id: Id


class TakeBackIn(In):
    """No longer believed of this sighting, whatever it was."""

    kind: Literal["withdraw"]
    sighting_id: Id


class MergeIn(In):
    """`gone` is `keep`: all its sightings are `keep`'s."""

    kind: Literal["merge"]
    keep: Name
    gone: Name


class SplitIn(In):
    """These sightings of an individual are another animal; without a name it gets one."""

    kind: Literal["split"]
    individual: Name
    sighting_ids: list[Id] = Field(max_length=1000)
    name: Id | None = None


class RenameIn(In):
    """Another name; the old one stays this individual's for good."""

    kind: Literal["rename"]
    individual: Name
    name: Id


class PatternChangeIn(In):
    """The coat changed; without `since` nobody knows when."""

    kind: Literal["pattern-change"]
    individual: Name
    what: PatternWord
    since: CameraTime | None = None


class NoMatchIn(In):
    """Looked at, and no match: with this individual, or (none given) with anybody known now."""

    kind: Literal["no-match"]
    sighting_id: Id
    individual: Name | None = None


AnyDecision = Annotated[
    ConfirmIn
    | RejectIn
    | NewIndividualIn
    | NotIdentifiableIn
    | TakeBackIn
    | MergeIn
    | SplitIn
    | RenameIn
    | PatternChangeIn
    | NoMatchIn,
    Field(discriminator="kind"),
]


class DecisionIn(In):
    """Somebody decides.

    `seen` holds the version of every sighting and individual that the decision changes, as it was
    when the person looked; with another version now the answer is a 409 that says who did what.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    decision: AnyDecision
    by: Name
    why: Text = ""
    shown: dict[str, JsonValue] = Field(default={}, description=SHOWN)
    seen: list[SeenIn] = Field(default=[], max_length=2000)


class PreviewIn(In):
    """A merge or split to look at first."""

    decision: Annotated[MergeIn | SplitIn, Field(discriminator="kind")]


class UndoIn(In):
    """Somebody takes an event back; taking back an undo does it again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "Asel", "why": "wrong key"}]})

    by: Name
    why: Text = ""


class SeenOut(Out):
    """A version; goes into `seen` of a decision as it is."""

    sighting_id: str | None = None
    individual: str | None = None
    version: int


class EventOut(Out):
    """A decision in the history."""

    number: int
    at: datetime
    kind: str
    by: str
    why: str
    told: dict[str, Any] = Field(description="The decision, names as they were.")
    shown: dict[str, Any]
    seen: list[SeenOut]
    words: str = Field(description="The decision in a sentence.")
    undone_by: int | None = Field(description="It does not hold: that event undid it.")


class DecidedOut(Out):
    """The event; none when it was so already."""

    event: EventOut | None


class EventsOut(Out):
    """A page of the history; `next` goes into `after`, or into `before` where that was given."""

    events: list[EventOut]
    next: int | None


class EventsPage(In):
    """Which part of the history."""

    sighting_id: str | None = Field(default=None, max_length=1024)
    individual: str | None = Field(default=None, max_length=1024)
    by: str | None = Field(default=None, max_length=128, description="Only what they said.")
    kind: DecisionKind | None = None
    after: Version = 0
    before: Version | None = Field(default=None, description="Newest first, before this one.")
    limit: int = Field(default=100, ge=1, le=1000)


class MoveOut(Out):
    """A sighting that would be somebody else."""

    sighting: str
    before: str | None
    after: str | None


class StoredVerdictOut(Out):
    """A stored verdict on two sightings that would come together or be parted."""

    comparison: str
    a: str
    b: str
    kind: str
    probability: float | None
    llr: float


class ContradictionOut(Out):
    """Something that speaks against it."""

    kind: str = Field(
        examples=["rejected", "no match", "pictures differ", "pictures agree", "journey"]
    )
    a: str
    b: str
    words: str
    event: int | None
    comparison: str | None


class ExportOut(Out):
    """A table that went out and says otherwise of these sightings."""

    number: int
    name: str
    by: str
    at: datetime
    sightings: list[str]


class PreviewOut(Out):
    """What a merge or split would change, and what speaks against it; `seen` is to decide with."""

    moves: list[MoveOut]
    verdicts: list[StoredVerdictOut]
    explained: list[StoredVerdictOut] = Field(
        description="Of them, those that a noted change of the coat accounts for."
    )
    contradictions: list[ContradictionOut]
    exports: list[ExportOut]
    seen: list[SeenOut]


class ContradictionsOut(Out):
    """What speaks against the sightings of an individual being one animal."""

    contradictions: list[ContradictionOut]


class ExportIn(In):
    """Somebody takes a table of who is who away."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "Asel", "name": "individuals.csv"}]}
    )

    by: Name
    name: str = Field(
        default="individuals.csv", max_length=80, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._ -]*\.csv$"
    )


class RenamedIn(In):
    """Another name for the individual of the address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Zere", "by": "Asel"}]})

    name: Id
    by: Name
    why: Text = ""


class AsOf(In):
    """Now, or after an event, or at a time (ISO 8601 with a zone)."""

    event: Version | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _one(self) -> AsOf:
        if self.event is not None and self.at is not None:
            raise ValueError("expected event or at, not both")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("at: expected a time with a zone, such as 2026-01-02T03:04:05Z")
        return self
