"""A protocol says who may find whom; it is data (TOML), not code."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from reid.errors import ConfigError
from training.data.copies import LEAST_ALIKE

FOLDER = Path(__file__).parents[1] / "protocols"
Kind = Literal["leave-one-out", "query-gallery"]
Impostors = Literal["none", "mirrored"]
DISJOINT = ("flank", "frames")


@dataclass(frozen=True, slots=True)
class Protocol:
    """Who is asked, who may be found, and what is sampled.

    ``disjoint``: ``"flank"``, a left flank is never compared with a right one; ``"frames"``,
    frames of one sighting and near copies never find each other. ``near_copies``: likeness from
    which pictures of no named sighting are near copies (`training.data.copies`).
    ``unknown_share``: share of the individuals that the gallery does not hold. ``past_only``: only
    pictures taken before the query are found. ``gallery_share``: of each class's groups of frames
    (``query-gallery``, where the table's ``split`` does not say ``query`` and ``gallery``
    itself). ``queries``: a seeded sample of so many of the queries that count, 0 for all.
    ``folds``: individuals are dealt into so many folds; whatever is fitted for one fold
    is fitted on the others. ``individuals``: a seeded subset of so many, 0 for all.
    ``same_pairs`` and ``different_pairs``: at most so many pairs within folds are sampled for the
    figures on pairs, of one class at most ``pairs_a_class``.
    """

    name: str
    about: str
    kind: Kind
    disjoint: tuple[str, ...] = DISJOINT
    near_copies: float = LEAST_ALIKE
    impostors: Impostors = "none"
    unknown_share: float = 0.0
    past_only: bool = False
    gallery_share: float = 0.5
    queries: int = 0
    folds: int = 2
    individuals: int = 0
    same_pairs: int = 2000
    different_pairs: int = 6000
    pairs_a_class: int = 30
    seed: int = 20

    def __post_init__(self) -> None:
        _check(self.kind in get_args(Kind), "kind", get_args(Kind), self.kind)
        _check(set(self.disjoint) <= {*DISJOINT}, "disjoint", DISJOINT, self.disjoint)
        _check(self.impostors in get_args(Impostors), "impostors", get_args(Impostors), "")
        _check(0 <= self.unknown_share < 1, "unknown_share", "0 to below 1", self.unknown_share)
        _check(0 < self.gallery_share < 1, "gallery_share", "above 0, below 1", self.gallery_share)
        _check(self.queries >= 0, "queries", "0 for all, or a number", self.queries)
        _check(self.folds >= 1, "folds", "at least 1", self.folds)


def protocols() -> tuple[str, ...]:
    """Names of the protocols that come with the project."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_protocol(name: str | Path) -> Protocol:
    """The protocol of that name, or the one in that TOML file.

    Raises:
        ConfigError: no such protocol, an unknown key, or an impossible value.
    """
    path = Path(name) if str(name).endswith(".toml") else FOLDER / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"protocol: expected one of {', '.join(protocols())} or a .toml file, found "
            f"{str(name)!r} ({error.strerror})"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: expected TOML, found {error}") from error
    return _protocol(content, path)


def _protocol(content: dict[str, Any], path: Path) -> Protocol:
    known = {f.name for f in fields(Protocol)} - {"name"}
    for key in content:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(f"{path.name}: unknown key {key!r}{hint}")
    if missing := {"about", "kind"} - set(content):
        raise ConfigError(f"{path.name}: expected {' and '.join(sorted(missing))}, found neither")
    content["disjoint"] = tuple(content.get("disjoint", DISJOINT))
    content["about"] = " ".join(content["about"].split())
    return Protocol(name=path.stem, **content)


def _check(good: bool, key: str, expected: object, found: object) -> None:
    if not good:
        raise ConfigError(f"protocol, {key}: expected {expected}, found {found!r}")
