"""Who may do what, and how exactly they are told where: roles, keys, generalised positions."""

from reid.people.keys import NewKey, hash_key, is_key, make_key, matches, prefix_of
from reid.people.places import FINEST, PRECISIONS, Shown, generalised, generalised_text
from reid.people.roles import Role
from reid.people.withholding import WITHHELD, withheld_comparison, withheld_journey

__all__ = [
    "FINEST",
    "PRECISIONS",
    "WITHHELD",
    "NewKey",
    "Role",
    "Shown",
    "generalised",
    "generalised_text",
    "hash_key",
    "is_key",
    "make_key",
    "matches",
    "prefix_of",
    "withheld_comparison",
    "withheld_journey",
]
