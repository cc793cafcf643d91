"""How likely a correct match could be found with a picture at all: a small head on its quality.

It informs people and changes no verdict: what a pair of pictures says is `reid.fuse`'s to weigh.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.types import Quality

SCHEMA = "leopard-reid/identifiability/1"
FEATURES = ("sharpness", "exposure", "contrast", "size", "coverage", "usable")
"""Parts of `Quality` and the whole, in the order of a head's weights: what is stored of every
animal, so that the chance needs no picture."""
FLOOR = 0.01
"""Nobody is surer than this: what was fitted on synthetic animals never says "certainly"."""


def quality_features(quality: Quality) -> NDArray[np.float64]:
    """(6,) the parts of a quality and the whole; each in [0, 1], more is better."""
    return np.array([getattr(quality, name) for name in FEATURES], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class IdentifiabilityHead:
    """Logistic regression on `quality_features`: ``weights`` (6,), none of them negative.

    A better picture is never less identifiable. ``method`` names what had to find the match, for
    what one method cannot read another may; ``pictures`` is how many it was fitted on.
    """

    intercept: float
    weights: tuple[float, ...]
    method: str
    fitted_on: str
    pictures: int

    @classmethod
    def load(cls, path: Path) -> IdentifiabilityHead:
        """A head from its JSON file.

        Raises:
            WeightsMissingError: there is no such file.
            WeightsAlteredError: the file is no such head, or was altered after it was written.
        """
        if not path.is_file():
            raise WeightsMissingError(f"{path}: expected the identifiability head, found none")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return _read(content, path.name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeightsAlteredError(
                f"{path.name}: expected an identifiability head, found {error!r}; restore the file"
            ) from error

    def chance(self, quality: Quality) -> float:
        """Probability that a picture of the same flank, if there is one, could be found by it."""
        return float(self.chances(quality_features(quality)[None])[0])

    def chances(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) probabilities of pictures with these `quality_features` (n, 6)."""
        score = self.intercept + features @ np.array(self.weights)
        return np.asarray(np.clip(1 / (1 + np.exp(-score)), FLOOR, 1 - FLOOR))

    def as_json(self) -> str:
        """The file's content; ``sha256`` is of everything else in it."""
        named = dict(zip(FEATURES, self.weights, strict=True))
        content = {"schema_name": SCHEMA, **asdict(self), "weights": named}
        return json.dumps({**content, "sha256": _sha256(content)}, indent=2) + "\n"


def _read(content: dict[str, object], name: str) -> IdentifiabilityHead:
    told = content.pop("sha256")
    if content["schema_name"] != SCHEMA:
        raise WeightsAlteredError(
            f"{name}: expected {SCHEMA!r}, found {content['schema_name']!r}; restore the file, or "
            "fit a head with this version"
        )
    named = content["weights"]
    if not isinstance(named, dict) or tuple(named) != FEATURES:
        raise WeightsAlteredError(
            f"{name}: expected weights of {', '.join(FEATURES)}, found {named!r}; restore the file"
        )
    if told != _sha256(content):
        raise WeightsAlteredError(
            f"{name}: expected content of sha256 {told}, found {_sha256(content)}; it was altered "
            "after it was fitted: restore the file"
        )
    weights = tuple(float(weight) for weight in named.values())
    intercept = float(str(content["intercept"]))
    if not all(math.isfinite(w) and w >= 0 for w in weights) or not math.isfinite(intercept):
        raise WeightsAlteredError(
            f"{name}: expected finite weights of at least 0, found {weights}; fit it again"
        )
    words = str(content["method"]), str(content["fitted_on"]), int(str(content["pictures"]))
    return IdentifiabilityHead(intercept, weights, *words)


def _sha256(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
