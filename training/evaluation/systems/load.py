"""Systems by name: ``lite1``, ``lnbnn``, ``lite1>rootsift``, ``lite1+lnbnn+rootsift`` ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reid.errors import ConfigError
from reid.pipeline.methods import METHODS
from training.evaluation.systems.chains import chained_of
from training.evaluation.systems.compose import SHORTLIST, Alone, Reranked, System
from training.evaluation.systems.contract import Comparer
from training.evaluation.systems.embedding import EmbeddingComparer
from training.evaluation.systems.features import Look
from training.evaluation.systems.fusion import Fused, Weights
from training.evaluation.systems.local import LocalComparer
from training.evaluation.systems.normed import NormedComparer
from training.evaluation.systems.product import ProductComparer
from training.evaluation.systems.votes import VoteComparer

BACKBONES = Path(__file__).parents[1] / "backbones"
"""Frozen networks that are here to be compared with; `make backbones` fetches their weights."""
SHORT = {
    "lite0": str(BACKBONES / "efficientnet-lite0"),
    "lite1": "efficientnet-lite1",
    "lite2": str(BACKBONES / "efficientnet-lite2"),
    "mobilenetv2": str(BACKBONES / "mobilenetv2"),
}
SIGHTS = ("animal", "box", "background")
HOW = (
    "a system is a comparer (`rootsift` or another local method, `product` for the calibrated llr, "
    "`lnbnn`, `lnbnn-classes`, or a weights bundle such as `lite1`, with `@box` or `@background` "
    "for what it sees; `~` behind one that searches all pictures tells its scores against the "
    "catalogue's), `routes>judge` to judge a shortlist again (routes joined by `|`), or "
    "comparers joined by `+` for a fusion, with `*` behind it for chains of what it found"
)
TRAINED: tuple[str, ...] = ("rosette-words",)
"""Bundles of this project that stand in the table, alone and in every combination."""
BASELINES = (
    "lite0",
    "lite2",
    "mobilenetv2",
    "lite1",
    "lite1@box",
    "lite1~",
    "lnbnn",
    "lnbnn~",
    "lite1>rootsift",
    "lnbnn>rootsift",
    "lite1|lnbnn>rootsift",
    "lite1+rootsift",
    "lite1+lnbnn+rootsift",
    "lite1~+lnbnn~+rootsift",
    "lite1~+lnbnn~+rootsift*",
    *(
        name
        for b in TRAINED
        for name in (
            b,
            f"{b}~",
            f"{b}|lnbnn>rootsift",
            f"{b}~+lnbnn~+rootsift",
            f"{b}~+lnbnn~+rootsift*",
        )
    ),
)
"""The table that every new system stands beside."""
CONTROLS = ("lite1@background", "lnbnn@background", *(f"{b}@background" for b in TRAINED))
"""Systems that must find nobody."""
FURTHER = ("lite1~", "lnbnn~", *(f"{b}~" for b in TRAINED))
"""Evidence beside the product's, where there is a catalogue."""
LEARNED = tuple(f"lnbnn>{name}" for name in METHODS if name != "rootsift")
"""Matchers that cost too much for every query: asked under ``sampled``."""


def load_system(
    name: str,
    *,
    length: int = SHORTLIST,
    weights: Mapping[str, Weights] | None = None,
) -> System:
    """The system called ``name``; ``length`` pictures a query are on a shortlist, ``weights``
    are those of fusions by name.

    Raises:
        ConfigError: a name that cannot be read, or an unknown comparer.
    """
    written = name.replace(" ", "")
    if written.endswith("*"):
        given = {written[:-1]: weights[name]} if weights and name in weights else weights
        return chained_of(load_system(written[:-1], length=length, weights=given), name)
    if ">" in written:
        routes, _, judge = written.partition(">")
        proposing = tuple(load_comparer(r) for r in routes.split("|"))
        _searching(proposing, name)
        return Reranked(proposing, load_comparer(judge), length)
    if "+" in written:
        parts = tuple(load_comparer(p) for p in written.split("+"))
        _searching([p for p in parts if p.dense], name)
        return Fused(parts, length, (weights or {}).get(name))
    return Alone(load_comparer(written))


def _searching(routes: object, name: str) -> None:
    if not routes or any(not r.dense for r in routes):  # type: ignore[attr-defined]
        raise ConfigError(f"system {name!r}: expected a route that searches all pictures; {HOW}")


def load_comparer(name: str) -> Comparer:
    """One comparer.

    Local methods are those of `reid.pipeline.methods`; ``lnbnn:xfeat`` votes with the descriptors
    of another extractor. Raises ConfigError as `load_system`.
    """
    if name.endswith("~"):
        inner = load_comparer(name[:-1])
        _searching([inner], name)
        return NormedComparer(inner)
    base, _, sight = name.partition("@")
    if sight and sight not in SIGHTS:
        raise ConfigError(f"system {name!r}: expected one of @{', @'.join(SIGHTS)}; {HOW}")
    if re.fullmatch(r"lnbnn(-classes)?(:.+)?", base):
        kind, _, extractor = base.partition(":")
        if sight == "box":
            raise ConfigError(f"system {name!r}: descriptors see the animal or the background")
        look: Look = "background" if sight == "background" else "animal"
        votes = VoteComparer(extractor or "rootsift", look=look)
        return replace(votes, by_individual=kind == "lnbnn-classes")
    if base == "product" or base in METHODS:
        if sight:
            raise ConfigError(f"system {name!r}: verified matches see the animal; {HOW}")
        return ProductComparer() if base == "product" else LocalComparer(base)
    if not re.fullmatch(r"[\w./:-]+", base):
        raise ConfigError(f"system {name!r}: {HOW}")
    return EmbeddingComparer(SHORT.get(base, base), sight or "animal")  # type: ignore[arg-type]
