"""A recipe's network made that of a bundle, to go on from it."""

from __future__ import annotations

from reid.errors import ConfigError
from reid.weights import Bundle
from training.learn.recipe import Network


def continuing(how: Network, bundle: Bundle) -> Network:
    """``how`` with the bundle's shape, words and head; what moves is still the recipe's.

    Raises:
        ConfigError: a bundle of another kind than our own, or without a head.
    """
    manifest = bundle.manifest
    if manifest.kind != "own" or manifest.head is None:
        raise ConfigError(
            f"bundle {bundle.name!r}: expected one of kind 'own' with a vector head to go on from, "
            f"found kind {manifest.kind!r}; start from rosette-words or another trained here"
        )
    words = manifest.visual_words
    told: dict[str, object] = {
        "init": str(bundle.directory),
        "architecture": "",
        "input_px": manifest.preprocessing.input_px,
        "pooling": manifest.pooling,
        "gem_power": manifest.gem_power,
        "grid": manifest.grid,
        "feature_stride": manifest.feature_stride,
        "focus": manifest.preprocessing.crop.focus,
        "dim": manifest.dim,
        "keep_head": True,
    }
    if words is not None:
        told |= {"words": words.words, "word_dim": words.dim, "position": words.position}
    return how.model_copy(update=told)
