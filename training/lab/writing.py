"""The challenger as a bundle: the champion's backbone, a learnt head, licence and origin."""

from __future__ import annotations

from pathlib import Path

import torch

from reid.errors import WeightsAlteredError
from reid.fuse.calibration import Calibration
from reid.weights import (
    Bundle,
    Licence,
    Origin,
    VectorHead,
    load_bundle,
    load_state_dict,
    save_bundle,
)
from training.calibration.fit import write_calibration
from training.lab.features import Head
from training.lab.training_set import TrainingSet
from training.learn.write import halved

HEAD = "vector_head"


def write_challenger(
    base: Bundle,
    champion: Bundle,
    head: Head,
    made: TrainingSet,
    directory: Path,
    *,
    recipe: str,
    licence: Licence,
    name: str,
    version: str = "",
) -> Bundle:
    """``base`` (the champion, or what was made of its network) with another head, as a bundle of
    our own in ``directory``; ``version`` "": `version_of` the set.

    Raises:
        WeightsAlteredError: the champion is no bundle of ours.
    """
    manifest = base.manifest
    if manifest.kind != "own":
        raise WeightsAlteredError(
            f"bundle {base.name!r}: expected one of kind 'own' to put a head on, found "
            f"{manifest.kind!r}; start from rosette-words, or another that was trained here"
        )
    state = dict(load_state_dict(base))
    state[f"{HEAD}.weight"] = torch.from_numpy(head.weight)
    state[f"{HEAD}.bias"] = torch.from_numpy(head.bias)
    changed = manifest.model_copy(
        update={
            "name": name,
            "version": version or version_of(made),
            "head": VectorHead(kind="linear", width=head.weight.shape[1]),
            "licence": licence,
            "origin": origin_of(champion, made, recipe),
            "calibration": None,
        }
    )
    return save_bundle(directory, changed, halved(state))


def version_of(made: TrainingSet) -> str:
    """The day on which the set was frozen, and the set: two sets of a day have two versions.

    Not today: a run that goes on after midnight ends with the bundle that it was begun for.
    """
    return f"{made.day:%Y.%m.%d}-{made.sha256[:8]}"


def origin_of(champion: Bundle, made: TrainingSet, recipe: str) -> Origin:
    """What it was trained on, in words."""
    own = ", ".join(f"{s['name']} ({s['licence']})" for s in made.sources)
    before = champion.manifest.origin.trained_on
    return Origin(
        source=f"leopard-reid, recipe {recipe}, from {champion.name} {champion.manifest.version}",
        trained_on=f"{before}, then {own}: training set {made.sha256[:12]}",
    )


def calibrate(bundle: Bundle, calibration: Calibration) -> Bundle:
    """Put the calibration into the bundle's folder and its manifest; the bundle as it is then."""
    write_calibration(calibration, str(bundle.directory))
    return load_bundle(bundle.directory)
