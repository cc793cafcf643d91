"""Why a bundle is refused, one word a cause."""

from __future__ import annotations

from enum import StrEnum

from reid.errors import BundleRefusedError


class Cause(StrEnum):
    """What is wrong with a bundle, told by name."""

    PICKLE = "pickle"
    UNKNOWN_MEMBER = "unknown member"
    MISSING_MEMBER = "missing member"
    PATH_TRAVERSAL = "path traversal"
    ZIP_BOMB = "zip bomb"
    NOT_A_BUNDLE = "not a bundle"
    ALTERED = "altered"
    MANIFEST = "manifest"
    WEIGHTS = "weights"
    SHAPES = "wrong shapes"
    VECTORS = "vectors"
    CALIBRATION = "absurd calibration"
    LICENCE = "licence"
    NAME_CLASH = "name clash"
    SIGNATURE = "signature"
    UNKNOWN_SIGNER = "unknown signer"


def refuse(cause: Cause, words: str) -> BundleRefusedError:
    """The error to raise."""
    return BundleRefusedError(cause.value, words)
