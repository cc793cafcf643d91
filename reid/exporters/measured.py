"""What was measured here on pictures that an import brought: boxes and flanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.exporters.catalogue_only import shares_of
from reid.importers.plan import OURS
from reid.survey import Media, Observation, Survey
from reid.types import Flank


def add_measured(catalogue: Catalogue, survey: Survey, links: Mapping[str, str]) -> None:
    """One more observation for every animal that was found in a file of an imported sighting.

    They are told apart by ``classifiedBy``, and make no sightings when they come back.
    """
    frames = Gallery.of(catalogue).frames(sorted(set(links.values())))
    done: set[tuple[str, str]] = set()
    for name, sighting in links.items():
        one = survey.observation(name)
        media = survey.medium(one.media) if one is not None and one.media else None
        if one is None or media is None or (sighting, media.id) in done:
            continue
        done.add((sighting, media.id))
        for frame in frames.get(sighting, ()):
            if frame.file_name == media.path:
                found = _measured(frame, one, media)
                survey.add(found, replace=True)
                survey.link(found.id, sighting)
                survey.add(replace(media, size_wh=frame.size_wh), replace=True)


def _measured(frame: Frame, one: Observation, media: Media) -> Observation:
    return Observation(
        f"{OURS}/{frame.sighting_id}/{frame.annotation_id}",
        media.deployment,
        media.id,
        one.event,
        one.start or media.at,
        one.end or media.at,
        species=one.species,
        individual=one.individual,
        flank="" if frame.flank is Flank.UNKNOWN else frame.flank.value,
        box=shares_of(frame),
        method="machine",
        by=OURS,
        licence=one.licence,
    )
