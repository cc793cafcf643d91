"""Whose licence trained weights carry."""

from __future__ import annotations

from collections.abc import Sequence

from reid.errors import InputError
from reid.weights import Licence
from training.data import Dataset, Use

PERMISSIVE = ("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "CC-BY-4.0")
"""Licences of weights to start from that let their derivatives carry Apache-2.0."""
OURS = Licence(
    spdx="Apache-2.0",
    note="Free to use, change and pass on with the licence text; no warranty.",
)


def licence_of_weights(start: Licence | None, datasets: Sequence[Dataset]) -> Licence:
    """The licence of weights trained from ``start`` on ``datasets``; None: random weights.

    Raises:
        InputError: a dataset that may not train, or licences that no single one can satisfy.
    """
    refused = [d for d in datasets if not d.rights.may_train]
    if refused:
        raise InputError("; ".join(_refusal(d) for d in refused))
    asked = {d.rights.licence: d.name for d in datasets if d.rights.use is Use.SHARE_ALIKE}
    if start is not None and start.spdx not in PERMISSIVE:
        asked[start.spdx] = "the weights that training starts from"
    if len(asked) > 1:
        told = ", ".join(f"{name}: {licence}" for licence, name in asked.items())
        raise InputError(
            f"weights can carry one licence, and these ask for different ones ({told}); train on "
            "one of them, or start from weights under Apache-2.0"
        )
    for licence, name in asked.items():
        return Licence(spdx=licence, note=f"Asked for by {name}; read its terms before any use.")
    return OURS


def _refusal(dataset: Dataset) -> str:
    rights = dataset.rights
    if rights.use is Use.EVALUATION:
        return (
            f"{dataset.name}: {rights.source} says `use: evaluation`: it measures, it never "
            "trains; leave it out of --data"
        )
    return (
        f"{dataset.name}: nobody has said that it may train ({rights.source}); if you have the "
        'right, write {"licence": "SPDX identifier", "use": "any" or "share-alike"} into '
        "dataset.json beside its table"
    )
