"""Why an animal of a named sighting teaches nothing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from reid.catalogue.identity import NOBODY
from reid.catalogue.labelled import Labelled, Labels
from reid.identities.facts import CoatChange
from reid.labels.rights import left_out_by_licence, licence_of
from reid.types import Flank

LEAST_USABLE = 0.03
"""`reid.view`'s estimate below which a picture teaches noise: the worst few in a hundred."""
BOX_OF_SEVERAL = "box-of-several"
NO_FLANK = "no flank: neither left nor right"
SEVERAL = "several animals in one picture: nobody said which of them is the individual"
NOT_CONFIRMED = "not confirmed by a person"
DISPUTED = "disputed identity: it and another sighting of this individual were called two animals"
TWICE = "disputed identity: the same picture belongs to two individuals"
COAT_BEFORE = "coat change noted: taken before it, and the coat looks other now"
COAT_UNDATED = "coat change noted, and nobody knows when it was or when this was taken"
NO_ANIMAL = "no leopard was found in the picture"


class Excluding:
    """Why an animal may not train, by what is known of all.

    ``licence``: SPDX, of pictures for which nobody stated one; "": `OWN_LICENCE`.
    """

    def __init__(
        self, labels: Labels, disagreed: Collection[tuple[str, str]], licence: str = ""
    ) -> None:
        animals = labels.animals
        leopards = [a for a in animals if a.frame.is_leopard]
        self._in_picture = Counter((a.frame.sighting_id, a.frame.media_sha256) for a in leopards)
        who = {a.frame.sighting_id: a.number for a in animals}
        pairs = [*labels.parted, *disagreed]
        self._disputed = {s for a, b in pairs for s in (a, b) if who.get(a) == who.get(b)}
        owners: dict[str, set[int]] = {}
        for animal in leopards:
            owners.setdefault(animal.frame.media_sha256, set()).add(animal.number)
        self._twice = {sha for sha, numbers in owners.items() if len(numbers) > 1}
        self._changes = labels.changes
        self._own = licence
        used = Counter(licence_of(a, licence) for a in animals if not self._of_label(a))
        self._unlicensed = left_out_by_licence(used, {licence} - {""})

    def reason(self, animal: Labelled) -> str:
        """Empty where nothing speaks against it."""
        return self._of_label(animal) or self._unlicensed.get(licence_of(animal, self._own), "")

    def _of_label(self, animal: Labelled) -> str:
        frame = animal.frame
        if not animal.by or animal.by == NOBODY:
            return NOT_CONFIRMED
        if frame.sighting_id in self._disputed:
            return DISPUTED
        if frame.media_sha256 in self._twice:
            return TWICE
        if not frame.is_leopard:
            return NO_ANIMAL
        several = self._in_picture[frame.sighting_id, frame.media_sha256] > 1
        if several or BOX_OF_SEVERAL in frame.flags:
            return SEVERAL
        if frame.flank not in (Flank.LEFT, Flank.RIGHT):
            return NO_FLANK
        if frame.usable < LEAST_USABLE:
            told = ", ".join(frame.reasons) or "no detail"
            return f"poor quality: usable {frame.usable:.2f}, expected {LEAST_USABLE:g} ({told})"
        return _coat(self._changes, animal)


def _coat(changes: Mapping[int, Sequence[CoatChange]], animal: Labelled) -> str:
    """The newest coat is the one to learn: what was before the last noted change is left out."""
    noted = changes.get(animal.number, ())
    if not noted:
        return ""
    dates = [change.since for change in noted]
    if any(date is None for date in dates) or not animal.at:
        return COAT_UNDATED
    last = max(_plain(date) for date in dates if date is not None)
    return COAT_BEFORE if min(map(_plain, animal.at)) < last else ""


def _plain(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
