"""The stages in order: prepare, compare, and a library of what is known."""

from reid.pipeline.answers import (
    AddedSighting,
    CandidateIndividual,
    Enrolment,
    IdentificationAnswer,
)
from reid.pipeline.comparing import compare
from reid.pipeline.engine import Engine, code_version
from reid.pipeline.library import Library
from reid.pipeline.live import LiveLibrary
from reid.pipeline.preparing import PreparedSighting, Progress, prepare

__all__ = [
    "AddedSighting",
    "CandidateIndividual",
    "Engine",
    "Enrolment",
    "IdentificationAnswer",
    "Library",
    "LiveLibrary",
    "PreparedSighting",
    "Progress",
    "code_version",
    "compare",
    "prepare",
]
