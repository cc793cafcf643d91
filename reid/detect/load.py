"""Localisers by name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from reid.detect.contract import Localiser
from reid.detect.pinned import FOCUS, YOLOX_TINY
from reid.errors import ConfigError
from reid.weights.pinned import PinnedFile

DEFAULT_LOCALISER = "yolox-saliency"
LOCALISERS = {
    "yolox-saliency": ("reid.detect.outlined", "OutlinedLocaliser"),
    "yolox-saliency-grabcut": ("reid.detect.grabcut", "GrabCutLocaliser"),
    "yolox-mask": ("reid.detect.masked", "MaskedLocaliser"),
    "yolox-tiny": ("reid.detect.yolox_localiser", "YoloxLocaliser"),
    "saliency": ("reid.detect.candidates", "SaliencyLocaliser"),
    "class-activation": ("reid.detect.candidates", "ActivationLocaliser"),
}
PINNED = {
    "yolox-saliency": (YOLOX_TINY, FOCUS),
    "yolox-saliency-grabcut": (YOLOX_TINY, FOCUS),
    "yolox-mask": (YOLOX_TINY,),
    "yolox-tiny": (YOLOX_TINY,),
    "saliency": (FOCUS,),
}
"""What each reads beside bundles."""


def pinned_files(name: str) -> tuple[PinnedFile, ...]:
    """The third-party files that the localiser called ``name`` reads."""
    return PINNED.get(name, ())


def load_localiser(name: str = DEFAULT_LOCALISER, root: Path | None = None) -> Localiser:
    """The localiser called ``name``; its weights are read at the first picture.

    ``root`` is the directory of weights; None: ``reid.weights.weights_root()``.

    Raises:
        ConfigError: no such localiser.
        WeightsMissingError, WeightsAlteredError: now or at the first picture.
    """
    if name not in LOCALISERS:
        raise ConfigError(
            f"localiser: expected one of {', '.join(LOCALISERS)}, found {name!r}: choose one"
        )
    module, kind = LOCALISERS[name]
    return cast(Localiser, getattr(import_module(module), kind)(root))
