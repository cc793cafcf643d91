"""Two engines that match the same features: what one has matched, the other need not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from reid.match.contract import Matcher
from reid.pipeline import Engine
from reid.types import LocalFeatures, Matches, VerifiedMatches
from reid.verify.contract import Verifier

T = TypeVar("T")


class Shared:
    """The matcher and verifier of a champion, remembered until `forget`.

    Calibration and embedding do not enter a match, so engines of one local method share them.
    """

    def __init__(self, matcher: Matcher, verifier: Verifier) -> None:
        self._matcher, self._verifier = matcher, verifier
        self._matches: dict[tuple[str, str], Matches] = {}
        self._verified: dict[tuple[str, str], VerifiedMatches] = {}
        self._names: dict[int, tuple[LocalFeatures, str]] = {}

    def match(self, a: LocalFeatures, b: LocalFeatures) -> Matches:
        """As the matcher does it."""
        return _once(self._matches, self._key(a, b), lambda: self._matcher.match(a, b))

    def verify(self, a: LocalFeatures, b: LocalFeatures, matches: Matches) -> VerifiedMatches:
        """As the verifier does it, of the matches that ``match`` gives of the two."""
        key = self._key(a, b)
        return _once(self._verified, key, lambda: self._verifier.verify(a, b, matches))

    def forget(self) -> None:
        """Let go of everything."""
        self._matches.clear()
        self._verified.clear()
        self._names.clear()

    def _key(self, a: LocalFeatures, b: LocalFeatures) -> tuple[str, str]:
        return self._name(a), self._name(b)

    def _name(self, features: LocalFeatures) -> str:
        """By content: the same features may be read twice. The object is kept, so its id is too."""
        known = self._names.get(id(features))
        if known is None:
            digest = hashlib.blake2b(features.method.encode(), digest_size=16)
            for array in (features.xy_px, features.scale_px, features.angle_rad):
                digest.update(array.tobytes())
            digest.update(features.descriptors.tobytes())
            digest.update(features.weight.tobytes())
            digest.update(repr(features.unit_px).encode())
            known = self._names[id(features)] = features, digest.hexdigest()
        return known[1]


def _once(known: dict[tuple[str, str], T], key: tuple[str, str], make: Callable[[], T]) -> T:
    if key not in known:
        known[key] = make()
    return known[key]


def sharing(champion: Engine, challenger: Engine) -> tuple[Engine, Engine, Shared | None]:
    """Both engines with one memory of matches where their local methods are one, and the memory."""
    if champion.config.local != challenger.config.local:
        return champion, challenger, None
    shared = Shared(champion.matcher, champion.verifier)
    both = (replace(engine, matcher=shared, verifier=shared) for engine in (champion, challenger))
    first, second = both
    return first, second, shared
