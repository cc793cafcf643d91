"""From labelled animals to a frozen training set: outlines, groups, individuals dealt out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError, ReidError
from reid.image import open_image
from reid.labels.dealing import dealt
from reid.labels.excluded import LEAST_USABLE
from reid.types import Box, Light
from training.data import Use
from training.data.beside import written_whole
from training.data.copies import frame_groups
from training.evaluation.retrieval.animals import measure_animals
from training.evaluation.retrieval.outlines import Outliner
from training.lab.hooks import Told, unheard
from training.lab.rejected import placed
from training.lab.seen import Gathered, LeftOut, Seen, rows_of
from training.lab.training_set import MASKS, Entry, TrainingSet, make_training_set


@dataclass(frozen=True, slots=True)
class Rights:
    """``sources`` that are used, each under each of its licences, and what the whole asks for."""

    sources: tuple[Mapping[str, str], ...]
    licence: str
    use: Use


def freeze(
    gathered: Gathered,
    folder: Path,
    *,
    rights: Callable[[Sequence[Seen]], Rights],
    seed: int,
    cache: Path | None = None,
    least_usable: float = LEAST_USABLE,
    told: Told = unheard,
) -> TrainingSet:
    """Look at every picture once; outlines that nobody gave are found and kept in ``masks/``.

    A picture that cannot be opened, or shows too little, is left out with its reason. ``rights``
    says what follows from the licences of those that are used.

    Raises:
        InputError: nothing is left, or licences that do not go together.
    """
    rights(gathered.seen)  # what is refused is refused before hours of looking
    ranks = {(one.source, one.row.identity): one.rank for one in gathered.seen}
    parts, groups = dealt(ranks, seed=seed), frame_groups(rows_of(gathered.seen))
    entries: list[Entry] = []
    used: list[Seen] = []
    left_out, outliner = [*gathered.left_out], Outliner()
    for number, (one, group) in enumerate(zip(gathered.seen, groups, strict=True)):
        try:
            looked = _look(one, outliner, cache)
        except ReidError as error:
            left_out.append(_without(one, f"cannot be used: {error}"))
            continue
        finally:
            told("outlines", number + 1, len(gathered.seen))
        box, mask, light, usable, sha256 = looked
        if usable < least_usable:
            reason = f"poor quality: usable {usable:.2f}, expected {least_usable:g}"
            left_out.append(_without(one, reason))
            continue
        used.append(one)
        entries.append(
            Entry(
                id=one.row.image_id,
                source=one.source,
                identity=one.row.identity,
                flank=one.row.flank,
                part=parts[one.row.identity],
                sighting=one.row.sighting,
                station=one.station,
                group=int(group),
                media_sha256=sha256,
                box=(box.x_px, box.y_px, box.width_px, box.height_px),
                mask_sha256=_keep(mask, folder / MASKS),
                light=light,
                usable=round(usable, 6),
            )
        )
    if not entries:
        raise InputError(
            f"expected labelled pictures to train on, found none among "
            f"{len(gathered.seen) + len(gathered.left_out)}; `reid train --check` says why"
        )
    found = rights(used)
    return make_training_set(
        entries,
        left_out,
        sources=found.sources,
        licence=found.licence,
        use=found.use,
        seed=seed,
        event=gathered.event,
        rejected=placed(gathered.rejected, entries, left_out),
    )


Looked = tuple[Box, NDArray[np.bool_] | None, Light, float, str]


def _look(one: Seen, outliner: Outliner, cache: Path | None) -> Looked:
    """Box, outline, light, usable and the file's sha256."""
    sha256 = hashlib.sha256(one.row.path.read_bytes()).hexdigest()
    if one.mask is not None and one.row.box is not None and one.usable is not None:
        light = one.row.light or open_image(one.row.path).light
        return one.row.box, one.mask, light, one.usable, sha256
    animal = measure_animals([one.row], outliner, cache)[0]
    return animal.box, animal.mask, animal.light, animal.usable, sha256


def _without(one: Seen, reason: str) -> LeftOut:
    return LeftOut(one.source, one.row.image_id, one.row.identity, one.row.sighting, reason)


def _keep(mask: NDArray[np.bool_] | None, folder: Path) -> str:
    """Write an outline under its content's hash; "" for none."""
    if mask is None:
        return ""
    shape = "x".join(map(str, mask.shape)).encode()
    name = hashlib.sha256(shape + np.packbits(mask).tobytes()).hexdigest()
    path = folder / f"{name}.png"
    if not path.is_file():
        with written_whole(path) as beside:
            cv2.imwrite(str(beside), mask.astype(np.uint8) * 255)
    return name
