"""Which local features, matcher and verification go together, by one name."""

from __future__ import annotations

from typing import NamedTuple

from reid.errors import ConfigError
from reid.fuse import Calibration
from reid.local.contract import LocalExtractor
from reid.local.load import load_extractor
from reid.match.contract import Matcher
from reid.match.load import load_matcher
from reid.verify.contract import Verifier
from reid.verify.pieces import AffinePieces

METHODS = {
    "rootsift": ("rootsift", "mutual-ratio"),
    "xfeat": ("xfeat", "spaced-ratio"),
    "aliked": ("aliked", "spaced-ratio"),
    "xfeat-lighterglue": ("xfeat", "lighterglue"),
    "aliked-lightglue": ("aliked", "lightglue"),
}
"""Extractor and matcher of each value that `PipelineConfig.local` may have. The default was chosen
by evidence: "Matchers on look-alikes" in docs/results.md."""


class LocalMethod(NamedTuple):
    """The three stages between a picture's animal and its verified matches."""

    local: LocalExtractor
    matcher: Matcher
    verifier: Verifier


def load_method(name: str) -> LocalMethod:
    """The stages that ``name`` stands for; weights are read at the first use.

    Raises:
        ConfigError: no such method.
    """
    if name not in METHODS:
        raise ConfigError(f"local: expected one of {', '.join(METHODS)}, found {name!r}")
    extractor, matcher = METHODS[name]
    return LocalMethod(load_extractor(extractor), load_matcher(matcher), AffinePieces())


def require_fitted_on(calibration: Calibration, name: str) -> None:
    """Refuse a calibration of another method: its numbers mean nothing on these scores.

    Raises:
        ConfigError: with what can be done.
    """
    if calibration.local != name:
        raise ConfigError(
            f"local: the calibration was fitted on scores of {calibration.local!r}, found "
            f"{name!r}, whose scores mean something else, so no verdict can be given: use "
            f"{calibration.local!r}, or a bundle whose calibration was fitted on {name!r}"
        )
