"""Keys of the API: made at random, known afterwards by a public prefix and an argon2id hash.

A key is ``lrk_PREFIX_SECRET``: ten characters to look it up by, then 256 random bits. A guesser
is up against those bits; argon2id is for the day when the database is read by somebody else, and
its cost is OWASP's least (19 MiB, two passes), since every new connection pays it.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PREFIX_CHARS = 10
SECRET_BYTES = 32
_FORM = re.compile(r"lrk_([a-z0-9]{10})_([A-Za-z0-9_-]{43})\Z")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: ``text`` is shown once, ``prefix`` and ``hashed`` are kept."""

    prefix: str
    hashed: str
    text: str = field(repr=False)


def make_key() -> NewKey:
    """A new random key."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(PREFIX_CHARS))
    text = f"lrk_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return NewKey(prefix, hash_key(text), text)


def hash_key(text: str) -> str:
    """The hash that is kept of a key, with its salt and parameters (PHC string)."""
    return _HASHER.hash(text)


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    return _FORM.match(text) is not None


def prefix_of(text: str) -> str | None:
    """The public part of a key; None for what has not the form of one."""
    found = _FORM.match(text)
    return None if found is None else found[1]


def matches(text: str, hashed: str | None) -> bool:
    """Whether this is the key of that hash.

    Takes as long without a hash (an unknown prefix) as with one, so that time does not tell which
    prefixes there are.
    """
    try:
        return _HASHER.verify(hashed or _NOBODY, text) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


_NOBODY = _HASHER.hash(secrets.token_urlsafe(SECRET_BYTES))
