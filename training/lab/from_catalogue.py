"""Confirmed identities of a catalogue as labelled animals, each exclusion with its reason."""

from __future__ import annotations

from collections.abc import Collection

from reid.catalogue import Catalogue
from reid.catalogue.labelled import Labelled, LabelledAnimals, Labels
from reid.labels import Excluding
from reid.labels.rights import licence_of
from training.data import Row
from training.lab.rejected import DISAGREE, Rejected
from training.lab.seen import CATALOGUE, Gathered, LeftOut, Seen


def of_catalogue(catalogue: Catalogue, licence: str = "") -> Gathered:
    """What a catalogue can teach, as it stands now; a picture in two of its sightings counts once.

    ``licence``: SPDX, of pictures for which nobody stated one.
    Only what a person decided counts: proposals of the machine are no labels.
    """
    reader = LabelledAnimals.of(catalogue)
    labels = reader.labels()
    disagreed = catalogue.disagreements()
    look = Excluding(labels, disagreed, licence)
    seen: dict[tuple[str, str], Seen] = {}
    left_out = []
    for animal in labels.animals:
        reason = look.reason(animal)
        key = animal.frame.media_sha256, str(animal.frame.box)
        if reason:
            left_out.append(_left(animal, reason))
        elif key in seen:
            left_out.append(_left(animal, "the same picture stands in another sighting of it"))
        else:
            path = reader.media_path(animal.frame.media_sha256)
            row = Row(
                image_id=f"{animal.frame.sighting_id}/{animal.frame.annotation_id}",
                identity=f"{CATALOGUE}/{animal.individual}",
                path=path,
                box=animal.frame.box,
                date=animal.at[0] if animal.at else None,
                flank=animal.frame.flank,
                sighting=f"{CATALOGUE}/{animal.frame.sighting_id}",
                light=animal.frame.light,
            )
            seen[key] = Seen(
                CATALOGUE,
                row,
                animal.number,
                animal.station,
                animal.frame.usable,
                animal.by,
                animal.mask,
                licence_of(animal, licence),
            )
    rejected = _rejected(labels, disagreed)
    return Gathered(tuple(seen.values()), tuple(left_out), labels.event, rejected)


def _rejected(labels: Labels, disagreed: Collection[tuple[str, str]]) -> tuple[Rejected, ...]:
    """What was called two animals, by the names of rows; disputed pairs with that reason."""
    names = {animal.number: animal.individual for animal in labels.animals}
    return tuple(
        Rejected(
            CATALOGUE,
            f"{CATALOGUE}/{one.a}",
            f"{CATALOGUE}/{one.b}" if one.b else "",
            f"{CATALOGUE}/{names.get(one.number, one.number)}" if one.number else "",
            one.how,
            reason=DISAGREE if (one.a, one.b) in disagreed else "",
        )
        for one in labels.apart
    )


def _left(animal: Labelled, reason: str) -> LeftOut:
    frame = animal.frame
    name = f"{frame.sighting_id}/{frame.annotation_id}"
    return LeftOut(CATALOGUE, name, animal.individual, frame.sighting_id, reason)
