"""Positions of deployments out of the EXIF of their pictures, where no table gives one.

Only when asked for: where endangered animals were is not taken from pictures by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from reid.errors import ImageError
from reid.events.places import FAR, SPREAD, agreed, far_from
from reid.image import exif_position
from reid.importers.files import Files
from reid.survey import Deployment, Problems, Survey
from reid.types.earth import Position

FIRST, EVERY = 50, 50
"""Of a deployment the first files are read and of the rest every 50th: one that was moved shows."""


def take_exif_positions(survey: Survey, files: Files, problems: Problems) -> None:
    """Give deployments without a position the one of their files; a given one stays.

    What lies far from a given position, or far apart, is a problem that names no place.
    """
    for name, found in sorted(_told(survey, files).items()):
        one = survey.deployment(name)
        if one is None:
            continue
        if one.latitude is not None and one.longitude is not None:
            if far_from((one.latitude, one.longitude), found):
                problems.add("deployments", 0, one.id, FAR)
            continue
        place = agreed(found)
        if place is None:
            problems.add("deployments", 0, one.id, SPREAD)
        else:
            survey.add(_placed(one, place), replace=True)


def _placed(one: Deployment, place: Position) -> Deployment:
    return replace(one, latitude=place[0], longitude=place[1])


def _told(survey: Survey, files: Files) -> dict[str, list[Position]]:
    counts: Counter[str] = Counter()
    found: defaultdict[str, list[Position]] = defaultdict(list)
    for media in survey.media():
        counts[media.deployment] += 1
        if counts[media.deployment] > FIRST and counts[media.deployment] % EVERY:
            continue
        place = _place(media.path, files)
        if place is not None:
            found[media.deployment].append(place)
    return found


def _place(path: str, files: Files) -> Position | None:
    content = files.beginning(path)
    if isinstance(content, str):
        return None
    try:
        return exif_position(content, file_name=path)
    except ImageError:
        return None
