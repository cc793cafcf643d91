"""Whose licence trained weights carry."""

from __future__ import annotations

from collections.abc import Sequence

from reid.errors import InputError
from reid.labels.rights import carried
from reid.weights import Licence
from training.data import Dataset, Use

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
    alike = set(asked)
    if start is not None:
        asked.setdefault(start.spdx, "the weights that training starts from")
    licence = carried(asked, alike=alike)
    if not licence:
        return OURS
    whose = ", ".join(name for one, name in asked.items() if carried({one: name}, alike=alike))
    terms = "Not for commercial use. " if "-NC" in licence else ""
    note = f"{terms}Asked for by {whose}; read its terms before any use."
    return Licence(spdx=licence, note=note)


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
