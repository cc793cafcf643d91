"""The CSV table that MiewID reads: boxed animals in pixels, those with a name apart from others."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

from reid.exporters.contract import Writing, Written
from reid.exporters.tables import write_rows
from reid.exporters.wildlife import pixels
from reid.importers.miewid import XYWH
from reid.importers.plan import wanted
from reid.survey import Media, Observation, Survey

COLUMNS = (
    *("theta", "viewpoint", "name", "file_name", "species", "file_path", *XYWH, "image_uuid"),
    *("annot_uuid", "datetime", "encounter", "license"),
)
"""MiewID's, then ours: it passes over columns that it does not know."""
_SPACE = uuid.UUID("6c1f2b1e-53a5-4f0e-9d53-0e9f3a1d7c55")
"""Ours, for names of files and animals as UUIDs: the same one each time."""


class MiewIdTables:
    """``miewid.csv``, and ``miewid-unnamed.csv``: one name for all of them would be one animal."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        lost = sum(1 for _, _, box in _seen(survey, writing) if box is None)
        files = [
            write_rows(target / name, COLUMNS, _rows(survey, writing, named=named))
            for name, named in (("miewid.csv", True), ("miewid-unnamed.csv", False))
        ]
        note = (
            f"{lost} animals are left out: neither their box nor the size of their picture is "
            "known in pixels (measure the pictures: reid import --measure)"
        )
        return Written(tuple(files), (note,) if lost else ())


def _seen(
    survey: Survey, writing: Writing
) -> Iterator[tuple[Observation, Media, dict[str, object] | None]]:
    for one in survey.observations():
        media = survey.medium(one.media) if one.media else None
        if media is not None and wanted(one, writing.species):
            yield one, media, _box(one, media)


def _rows(survey: Survey, writing: Writing, *, named: bool) -> Iterator[dict[str, object]]:
    for one, media, box in _seen(survey, writing):
        if box is None or bool(one.individual) is not named:
            continue
        path = media.path.replace("\\", "/")
        at = media.at or one.start
        yield {
            "viewpoint": one.extra.get("viewpoint") or one.flank or "unknown",
            "name": one.individual,
            "file_name": path.rpartition("/")[2],
            "species": (one.species or "leopard").lower().replace(" ", "_"),
            "file_path": media.path,
            **box,
            "image_uuid": _uuid(media.id),
            "annot_uuid": _uuid(one.id),
            "datetime": at.isoformat() if at else "",
            "encounter": one.event,
            "license": media.licence,
        }


def _box(one: Observation, media: Media) -> dict[str, object] | None:
    """theta, x, y, w, h: as a MiewID table had them, else upright; the whole picture without."""
    kept = {name: one.extra.get(name, "") for name in ("theta", *XYWH)}
    if all(kept.values()):
        return dict(kept)
    found = pixels(one, media)
    if found is None and one.box is None and media.size_wh:
        found = 0.0, 0.0, float(media.size_wh[0]), float(media.size_wh[1])
    if found is None:
        return None
    return {"theta": 0, **dict(zip(XYWH, (f"{value:.9g}" for value in found), strict=True))}


def _uuid(name: str) -> str:
    """A UUID as it is, anything else as one."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(_SPACE, name))
