"""Who is who, as a history of decisions. Pure.

A `Decision` (by whom, why, having seen what) becomes an event; `changes_of` says what it changes,
and what is believed is nothing but the changes of all events, one after another (`State`). Events
are only ever added: undoing is an event too. `reid.catalogue` keeps them.
"""

from reid.identities.deciding import changes_of
from reid.identities.decisions import (
    Confirm,
    Decision,
    DecisionKind,
    Merge,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    PatternChanged,
    Reject,
    Rename,
    Split,
    Undo,
    Withdraw,
)
from reid.identities.facts import PatternWord
from reid.identities.state import State
from reid.identities.subjects import Subject

__all__ = [
    "Confirm",
    "Decision",
    "DecisionKind",
    "Merge",
    "NewIndividual",
    "NoMatch",
    "NotIdentifiable",
    "PatternChanged",
    "PatternWord",
    "Reject",
    "Rename",
    "Split",
    "State",
    "Subject",
    "Undo",
    "Withdraw",
    "changes_of",
]
