"""Local features by name."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from reid.errors import ConfigError
from reid.local.contract import LocalExtractor

EXTRACTORS = {
    "rootsift": ("reid.local.sift", "RootSift"),
    "xfeat": ("reid.local.xfeat", "XFeatPoints"),
    "aliked": ("reid.local.aliked", "AlikedPoints"),
}


def load_extractor(name: str) -> LocalExtractor:
    """The extractor called ``name``; a learned one reads its weights at the first picture.

    Raises:
        ConfigError: no such extractor.
    """
    if name not in EXTRACTORS:
        raise ConfigError(
            f"local features: expected one of {', '.join(EXTRACTORS)}, found {name!r}: choose one"
        )
    module, kind = EXTRACTORS[name]
    return cast(LocalExtractor, getattr(import_module(module), kind)())
