"""What a person may do: four roles, each of which may all that those before it may."""

from __future__ import annotations

from enum import StrEnum

from reid.errors import InputError


class Role(StrEnum):
    """viewer reads; contributor adds sightings and asks; reviewer decides; admin does the rest."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where ``needed`` is."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)

    @classmethod
    def read(cls, text: str) -> Role:
        """The role of a name.

        Raises:
            InputError: no such role.
        """
        try:
            return cls(text)
        except ValueError:
            raise InputError(f"role: expected one of {', '.join(cls)}, found {text!r}") from None
