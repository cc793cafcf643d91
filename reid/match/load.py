"""Matchers by name."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from reid.errors import ConfigError
from reid.match.contract import Matcher

MATCHERS = {
    "mutual-ratio": ("reid.match.ratio", "MutualRatio"),
    "spaced-ratio": ("reid.match.spaced", "SpacedRatio"),
    "lighterglue": ("reid.match.attention", "LighterGlueMatcher"),
    "lightglue": ("reid.match.attention", "LightGlueMatcher"),
}


def load_matcher(name: str) -> Matcher:
    """The matcher called ``name``; a learned one reads its weights at the first pair.

    Raises:
        ConfigError: no such matcher.
    """
    if name not in MATCHERS:
        raise ConfigError(
            f"matcher: expected one of {', '.join(MATCHERS)}, found {name!r}: choose one"
        )
    module, kind = MATCHERS[name]
    return cast(Matcher, getattr(import_module(module), kind)())
