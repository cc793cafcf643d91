"""A folder of pictures as a sighting."""

from __future__ import annotations

from pathlib import Path

from reid.errors import TableError
from reid.tables.result import Rejection, SightingsTable, read_media
from reid.types import Sighting, SightingMedia

_PICTURES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff"}
_CLUTTER = {"thumbs.db", "desktop.ini"}


def sighting_from_folder(path: Path) -> SightingsTable:
    """One sighting: every picture in the folder and below it; its id is the folder's name.

    A sub-folder is one camera of the station and names it. Other files are rejected by name.

    Raises:
        TableError: if this is no folder, or no picture is in it.
    """
    _check_folder(path)
    media, rejected = _media(path, sorted(_files_below(path)))
    if not media:
        raise TableError(
            f"{path.name}: expected a folder with pictures (JPEG, PNG, WebP or TIFF), found "
            f"{len(rejected)} other files; check the path"
        )
    return SightingsTable((Sighting(_id(path), media),), rejected)


def sightings_from_folder(path: Path) -> SightingsTable:
    """One sighting a sub-folder, and one more of the loose pictures, if there are any.

    Raises:
        TableError: if this is no folder, or no picture is anywhere in it.
    """
    _check_folder(path)
    inside = sorted(p for p in path.iterdir() if not _is_clutter(p))
    loose = [p for p in inside if p.is_file()]
    groups = [(p, sorted(_files_below(p))) for p in inside if p.is_dir()]
    pictures = any(p.suffix.lower() in _PICTURES for p in loose)
    found = [_sighting(*group) for group in ([(path, loose)] if pictures or not groups else [])]
    found += [_sighting(*group) for group in groups]
    sightings = tuple(s for s, _ in found if s is not None)
    if not sightings:
        raise TableError(
            f"{path.name}: expected pictures, or one sub-folder of pictures a sighting; found "
            "neither; check the path"
        )
    return SightingsTable(sightings, tuple(r for _, lost in found for r in lost))


def _sighting(folder: Path, files: list[Path]) -> tuple[Sighting | None, tuple[Rejection, ...]]:
    media, rejected = _media(folder, files)
    if media:
        return Sighting(_id(folder), media), rejected
    return None, (*rejected, (_id(folder), "", "expected pictures, found an empty sighting"))


def _media(
    folder: Path, files: list[Path]
) -> tuple[tuple[SightingMedia, ...], tuple[Rejection, ...]]:
    media: list[SightingMedia] = []
    rejected: list[Rejection] = []
    for file in files:
        inside = file.relative_to(folder)
        name = inside.as_posix()
        picture = file.suffix.lower() in _PICTURES
        content = read_media(file, name) if picture else "expected a picture, by its extension"
        if isinstance(content, str):
            rejected.append((_id(folder), name, content))
        else:
            camera = inside.parts[0] if len(inside.parts) > 1 else None
            media.append(SightingMedia(name, content, camera))
    return tuple(media), tuple(rejected)


def _files_below(folder: Path) -> list[Path]:
    return [
        p
        for p in folder.rglob("*")
        if p.is_file() and not any(_is_clutter(Path(part)) for part in p.relative_to(folder).parts)
    ]


def _is_clutter(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _CLUTTER


def _id(folder: Path) -> str:
    return folder.resolve().name or "sighting"


def _check_folder(path: Path) -> None:
    if not path.is_dir():
        found = "a file" if path.exists() else "nothing"
        raise TableError(f"{path.name}: expected a folder of pictures, found {found} at this path")
