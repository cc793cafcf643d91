"""What a system said under a protocol: one file, from which every figure is made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError, TableError
from reid.types.checks import require
from training.data.beside import written_whole

Floats = NDArray[np.float32]
Words = NDArray[np.str_]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FORMAT = "leopard-reid predictions 1"


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """What is known of the queries or of the gallery, each (n,).

    ``id`` and ``path`` from the table (``path`` relative to the dataset's folder where it lies in
    it), ``individual``, ``flank_class``, ``fold``, ``usable`` in [0, 1], ``light``.
    """

    id: Words
    path: Words
    individual: Words
    flank_class: Words
    fold: Ints
    usable: Floats
    light: Words

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, f.name)) for f in fields(self)}
        require(len(lengths) == 1, f"pictures: expected equal lengths, found {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Scores of one system under one protocol on one dataset.

    ``ranking`` (n, m) float32: higher is more alike, nan is never proposed; ``allowed`` (n, m)
    bool as in the plan, ``unknown`` (n,) queries whose individual the gallery lacks. ``pairs``
    (k, 2) positions and ``pair_score`` (k,) of the sampled pairs. ``about``: system, protocol,
    dataset, table_sha256, method, seconds and so on, JSON values. ``is_llr``: scores are natural
    log-likelihood ratios as they come.
    """

    queries: Pictures
    gallery: Pictures
    ranking: Floats = field(repr=False)
    allowed: Bools = field(repr=False)
    unknown: Bools = field(repr=False)
    pairs: Ints = field(repr=False)
    pair_score: Floats = field(repr=False)
    about: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = len(self.queries), len(self.gallery)
        require(
            self.ranking.shape == shape == self.allowed.shape,
            f"prediction: expected scores {shape}, found {self.ranking.shape}",
        )
        require(
            len(self.pairs) == len(self.pair_score) and len(self.unknown) == shape[0],
            f"prediction: expected a score for each of {len(self.pairs)} pairs",
        )

    @property
    def is_llr(self) -> bool:
        """Whether scores are calibrated already."""
        return bool(self.about.get("is_llr", False))

    @property
    def same(self) -> Bools:
        """(n, m): allowed and of one flank class."""
        equal = self.queries.flank_class[:, None] == self.gallery.flank_class[None]
        return np.asarray(equal & self.allowed)

    @property
    def pair_same(self) -> Bools:
        """(k,)."""
        a, b = self.pairs.T
        return np.asarray(self.queries.flank_class[a] == self.gallery.flank_class[b])


def of_queries(prediction: Prediction, ids: Words) -> Prediction:
    """The same answers to some of the queries, in the order of ``ids``; without pairs.

    Raises:
        InputError: a picture that was not asked.
    """
    where = {name: k for k, name in enumerate(prediction.queries.id.tolist())}
    if missing := [name for name in ids.tolist() if name not in where]:
        raise InputError(f"expected queries that were asked, found {missing[0]!r}")
    rows = np.array([where[name] for name in ids.tolist()], dtype=np.int64)
    parts = {f.name: getattr(prediction.queries, f.name)[rows] for f in fields(Pictures)}
    return replace(
        prediction,
        queries=Pictures(**parts),
        ranking=prediction.ranking[rows],
        allowed=prediction.allowed[rows],
        unknown=prediction.unknown[rows],
        pairs=np.zeros((0, 2), dtype=np.int64),
        pair_score=np.zeros(0, dtype=np.float32),
    )


def write_prediction(prediction: Prediction, path: Path) -> None:
    """Write an ``.npz`` (beside, then renamed): numpy arrays without pickles, ``about`` as JSON.

    Arrays: ``query_*`` and ``gallery_*`` for each field of `Pictures`, ``ranking``, ``allowed``
    (packed bits, row-major), ``unknown``, ``pairs``, ``pair_score``, ``about``, ``format``.
    """
    arrays: dict[str, Any] = {
        f"{side}_{f.name}": getattr(pictures, f.name)
        for side, pictures in (("query", prediction.queries), ("gallery", prediction.gallery))
        for f in fields(Pictures)
    }
    arrays |= {
        "ranking": prediction.ranking,
        "allowed": np.packbits(prediction.allowed),
        "unknown": prediction.unknown,
        "pairs": prediction.pairs,
        "pair_score": prediction.pair_score,
        "about": np.array(json.dumps(prediction.about, sort_keys=True)),
        "format": np.array(FORMAT),
    }
    with written_whole(path) as beside:
        np.savez_compressed(beside, **arrays)


def read_prediction(path: Path) -> Prediction:
    """What `write_prediction` wrote.

    Raises:
        TableError: no such file, or not one of ours.
    """
    try:
        with np.load(path) as kept:
            if str(kept["format"]) != FORMAT:
                raise ValueError(f"format {kept['format']}")
            queries, gallery = (
                Pictures(**{f.name: kept[f"{side}_{f.name}"] for f in fields(Pictures)})
                for side in ("query", "gallery")
            )
            shape = len(queries), len(gallery)
            allowed = np.unpackbits(kept["allowed"], count=shape[0] * shape[1]).reshape(shape)
            return Prediction(
                queries,
                gallery,
                kept["ranking"],
                allowed.astype(np.bool_),
                kept["unknown"],
                kept["pairs"],
                kept["pair_score"],
                json.loads(str(kept["about"])),
            )
    except (OSError, ValueError, KeyError) as error:
        raise TableError(
            f"{path}: expected a file of predictions ({FORMAT}), found {error}; write it with "
            "`reid evaluate predict`"
        ) from error
