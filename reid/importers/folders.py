"""A folder for each individual, in it pictures, or a folder for each sighting."""

from __future__ import annotations

from pathlib import Path

from reid.errors import TableError
from reid.importers.camtrap_rows import prefixed
from reid.importers.contract import Reading
from reid.importers.vocabulary import individual_of
from reid.survey import Media, Observation, Problems, Survey

PICTURES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff"}
_CLUTTER = {"thumbs.db", "desktop.ini"}


class FolderPerIndividual:
    """The first level of folders names animals, the second sightings; loose pictures are one each.

    A folder called "unknown", "unidentified" or "unnamed" names nobody.
    """

    def matches(self, path: Path) -> bool:
        """Any folder that holds folders."""
        return path.is_dir() and any(child.is_dir() for child in path.iterdir())

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        if not path.is_dir():
            raise TableError(f"{path.name}: expected a folder with a folder for each individual")
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            inside = file.relative_to(path)
            if any(part.startswith(".") or part.lower() in _CLUTTER for part in inside.parts):
                continue
            name = inside.as_posix()
            if file.suffix.lower() not in PICTURES:
                problems.add(name, 0, "", "expected a picture, by its extension; passed over")
            elif len(inside.parts) < 2:
                problems.add(name, 0, "", "expected pictures in a folder that names the animal")
            else:
                self._picture(inside, survey, reading.prefix)
        return path

    def _picture(self, inside: Path, survey: Survey, prefix: str) -> None:
        name, parts = prefixed(prefix, inside.as_posix()), inside.parts
        event = "/".join(parts[:-1]) if len(parts) > 2 else ""
        who = prefixed(prefix, individual_of(parts[0]))
        survey.add(Media(name, "", inside.as_posix()))
        survey.add(Observation(name, "", name, prefixed(prefix, event), individual=who))
