"""Copies of the pictures with boxes, flank and names drawn on them; the originals stay.

Of the metadata a copy keeps when and with which camera it was taken; position, serial numbers and
makers' notes stay behind, unless exact positions were asked for.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import cv2
from PIL import Image as PillowImage

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.catalogue.individual_pages import IndividualPages
from reid.errors import CatalogueError, ImageError
from reid.evidence import ink
from reid.evidence.palette import GROUPS, RGB
from reid.exporters import Written
from reid.exporters.places import Exactness
from reid.image import open_image
from reid.paper.file_names import file_name
from reid.types.words import percent

NOBODY = "not-identified"
QUALITY = 90
_MAIN = (0x010F, 0x0110, 0x0132)
"""Make, Model, DateTime."""
_CAMERA = (0x829A, 0x829D, 0x8827, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x920A)
"""Exposure, aperture, sensitivity, times with their zones, focal length."""
_EXIF, _GPS, _DESCRIPTION, _SOFTWARE = 0x8769, 0x8825, 0x010E, 0x0131
BURNT_IN = "what a camera burnt into a picture stays in its copy, positions too: look at the strips"
_PAGE = 500


def write_annotated(
    catalogue: Catalogue,
    target: Path,
    names: Iterable[str],
    *,
    exactness: Exactness,
    event: int | None = None,
    rest: bool = False,
) -> Written:
    """``NAME/DATE_STATION_SIGHTING_FLANK_FILE.jpg``; ``rest``: sightings of nobody too.

    Raises:
        NotFoundError: nobody of one of the names.
    """
    owners, pages = dict[str, str](), IndividualPages.of(catalogue)
    for name in names:
        found = pages.one_at(name, event) if event is not None else catalogue.individual(name)
        owners |= dict.fromkeys(found.sighting_ids, found.name)
    if rest:
        owners = {name: "" for name in _stored(catalogue) if name not in owners} | owners
    files, lost = [], []
    for sighting, who in sorted(owners.items()):
        for own in _by_picture(Gallery.of(catalogue).frames([sighting]).get(sighting, [])):
            try:
                files.append(_copy(catalogue, target, own, who, exactness))
            except (CatalogueError, ImageError) as error:
                lost.append(f"{own[0].file_name} of {sighting}: {error}")
    return Written(tuple(files), (*lost, *((BURNT_IN,) if files else ())))


def _stored(catalogue: Catalogue) -> Iterator[str]:
    after = ""
    while page := catalogue.sightings(limit=_PAGE, after=after):
        after = page[-1].id
        yield from (record.id for record in page)


def _by_picture(frames: Sequence[Frame]) -> list[list[Frame]]:
    def key(frame: Frame) -> tuple[str, str]:
        return frame.file_name, frame.media_sha256

    return [list(own) for _, own in groupby(sorted(frames, key=key), key)]


def _copy(
    catalogue: Catalogue, target: Path, own: Sequence[Frame], who: str, exactness: Exactness
) -> Path:
    first = own[0]
    content = catalogue.read_media(first.media_sha256)
    image = open_image(content, file_name=first.file_name, allow_truncated=True)
    drawn = annotate(image.pixels, own, who)
    record = catalogue.sighting(first.sighting_id)
    clock = first.captured_at or (record.times[0].at if len(record.times) == 1 else None)
    at = f"{clock:%Y-%m-%d-%H-%M-%S}" if clock else "undated"
    flank = max(own, key=lambda frame: frame.usable).flank.value
    name = file_name(at, record.station or "", first.sighting_id, flank, Path(first.file_name).stem)
    file = target / file_name(who or NOBODY) / f"{name}_{first.media_sha256[:6]}.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    unreal = "SYNTHETIC " if "synthetic" in first.flags else ""
    words = f"{unreal}annotated copy of {first.file_name}: {who or 'not identified'}, {flank} flank"
    exif = kept_exif(content, words, f"{unreal}leopard-reid", positions=exactness == "exact")
    PillowImage.fromarray(drawn).save(file, "JPEG", quality=QUALITY, exif=exif)
    return file


def annotate(pixels: ink.Pixels, frames: Sequence[Frame], who: str) -> ink.Pixels:
    """The upright picture (h, w, 3) with each animal's box, its name, flank and quality."""
    canvas = pixels.copy()
    height, width = canvas.shape[:2]
    thick = max(2, round(width / 500))
    text_px = max(14, round(width / 70))
    lines = []
    for frame, colour in zip(frames, _colours(len(frames)), strict=False):
        x0, y0, x1, y1 = frame.box.window((width, height))
        cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), ink.DARK, thick + 2)
        cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), colour, thick)
        words = label(frame, who)
        wide = min(width, round(ink.text_width(words, text_px)) + text_px)
        high = round(1.5 * text_px)
        left = max(0, min(x0, width - wide))
        top = y0 - high if y0 >= high else min(y1, height - high)
        cv2.rectangle(canvas, (left, top), (left + wide, top + high), ink.DARK, cv2.FILLED)
        shown = ink.fitted(words, text_px, wide - text_px)
        place = left + text_px / 2, top + 0.1 * text_px
        lines.append(ink.Words(*place, shown, text_px, colour))
    return ink.write(canvas, lines)


def label(frame: Frame, who: str) -> str:
    """Who, which flank and how much it shows."""
    if not frame.is_leopard:
        return "no leopard, it seems"
    side = "flank not known" if frame.flank.value == "unknown" else f"{frame.flank.value} flank"
    unreal = "SYNTHETIC · " if "synthetic" in frame.flags else ""
    return f"{unreal}{who or 'not identified'} · {side} · {percent(frame.usable)} usable"


def _colours(count: int) -> list[RGB]:
    return [GROUPS[i % len(GROUPS)] for i in range(count)]


def kept_exif(content: bytes, words: str, software: str, *, positions: bool) -> PillowImage.Exif:
    """What of a picture's EXIF a copy may carry; one that cannot be read is left behind."""
    kept = PillowImage.Exif()
    kept[_DESCRIPTION], kept[_SOFTWARE] = words.encode("ascii", "replace").decode(), software
    try:
        with PillowImage.open(io.BytesIO(content)) as picture:
            found = picture.getexif()
            inner, gps = found.get_ifd(_EXIF), found.get_ifd(_GPS)
    except Exception:  # as in reid.image.exif: parsers of hostile bytes raise anything
        return kept
    for tag in _MAIN:
        if tag in found:
            kept[tag] = found[tag]
    kept.get_ifd(_EXIF).update(_some(inner, _CAMERA))
    if positions:
        kept.get_ifd(_GPS).update(gps)
    return kept


def _some(found: Mapping[int, object], tags: Sequence[int]) -> dict[int, object]:
    return {tag: found[tag] for tag in tags if tag in found}
