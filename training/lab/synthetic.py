"""Synthetic leopards beside a place's few own ones: some to learn from, others to judge by."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data import Dataset, read_dataset
from training.lab.features import FrozenFeatures
from training.lab.head import Pictures
from training.lab.hooks import Hooks
from training.lab.recipe import LabRecipe
from training.synthetic.dataset import make_dataset
from training.synthetic.family import Family
from training.synthetic.survey import Survey

SIZE_PX = 256
FAMILIES = ((Family.ROSETTES, 0.8), (Family.LEOPARD, 0.2))
REFERENCE_SEED = 1
"""Added to the recipe's seed: no animal that judges was learnt from."""


def synthetic_set(
    recipe: LabRecipe, cache: Path, features: FrozenFeatures, hooks: Hooks
) -> Pictures | None:
    """Pooled features of the animals to learn from; None where the recipe mixes none in."""
    if not recipe.synthetic_individuals:
        return None
    dataset = read_dataset(synthetic_table(recipe, cache, hooks))
    keys = [f"synthetic|{recipe.seed}|{SIZE_PX}|{row.image_id}" for row in dataset.rows]
    pooled = features.of(dataset.rows, keys, hooks.told, hooks.check)
    return _pictures(dataset, pooled)


def synthetic_table(recipe: LabRecipe, cache: Path, hooks: Hooks) -> Path:
    """The table of the animals to learn from, made once."""
    survey = _survey(recipe, recipe.seed)
    return _made(survey, recipe.synthetic_individuals, cache, hooks)


def reference_table(recipe: LabRecipe, cache: Path, hooks: Hooks) -> Path:
    """The table of the animals that judge, made once."""
    survey = _survey(recipe, recipe.seed + REFERENCE_SEED)
    return _made(survey, recipe.reference_individuals, cache, hooks)


def _survey(recipe: LabRecipe, seed: int) -> Survey:
    return Survey(
        seed=seed,
        pictures=recipe.synthetic_pictures,
        size_px=SIZE_PX,
        families=FAMILIES,
    )


def _made(survey: Survey, individuals: int, cache: Path, hooks: Hooks) -> Path:
    """Rendered once; what was cut off goes on where it was."""
    out = cache / f"synthetic-{survey.seed}-{individuals}x{survey.pictures}"
    table = out / "metadata.csv"
    if (out / "manifest.json").is_file() and table.is_file():
        return table
    hooks.check()
    hooks.told("synthetic leopards", 0, individuals)
    return make_dataset(out, survey, individuals, resume=True)


def _pictures(dataset: Dataset, pooled: np.ndarray) -> Pictures:
    rows = dataset.rows
    classes = [row.flank_class for row in rows]
    groups = [row.sighting for row in rows]
    return Pictures(
        pooled,
        np.unique(classes, return_inverse=True)[1].astype(np.int64),
        np.unique(groups, return_inverse=True)[1].astype(np.int64),
        np.array([row.identity for row in rows], dtype=str),
        np.array([str(row.flank) for row in rows], dtype=str),
    )
