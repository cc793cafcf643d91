"""The chance that a match can be found with a picture, for people; no verdict asks for it.

It is worked out when it is shown, from the measures of quality that are stored, so that another
head needs nothing measured anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from reid.errors import WeightsError
from reid.types import Quality
from reid.view.identifiability import FEATURES, IdentifiabilityHead
from reid.weights import find_shipped

HEAD = "identifiability/identifiability.json"
KEY = "identifiability"
NOTE = (
    "an estimate of a model made on synthetic leopards, from the picture's quality alone; no "
    "verdict rests on it."
)
_log = logging.getLogger(__name__)


OTHERS = frozenset({"species-not-checked", "not-a-leopard", "no-animal"})
"""Flags of animals that may be no leopard: of nyala the head orders pictures the wrong way."""


def chance_of(quality: Quality | None, flags: Iterable[str] = ()) -> float | None:
    """Probability in [0.01, 0.99] that a picture of the same flank, if there is one, is found.

    None where quality was not measured, where ``flags`` say that it may be no leopard, or where
    the head cannot be read: the log says why, once, and `reid weights verify` whenever asked.
    """
    if OTHERS.intersection(flags):
        return None
    head = _head(find_shipped(HEAD))
    return None if head is None or quality is None else round(head.chance(quality), 4)


def with_chances(form: Mapping[str, Any]) -> dict[str, Any]:
    """A comparison's JSON form with ``identifiability`` beside every annotation's ``quality``."""
    sightings = [
        {**s, "annotations": [_told(one) for one in s["annotations"]]} for s in form["sightings"]
    ]
    return {**form, "sightings": sightings}


def _told(annotation: Mapping[str, Any]) -> dict[str, Any]:
    view = annotation["view"]
    measured = {name: view["quality"][name] for name in FEATURES}
    quality = Quality(**measured, animal_px=view["quality"]["animal_px"])
    return {**annotation, "view": {**view, KEY: chance_of(quality, annotation["flags"])}}


@lru_cache(maxsize=4)
def _head(path: Path) -> IdentifiabilityHead | None:
    try:
        return IdentifiabilityHead.load(path)
    except WeightsError as error:
        _log.warning("no chances that a match can be found: %s", error)
        return None
