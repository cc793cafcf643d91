"""What a snapshot says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reid.errors import BackupError

FORMAT = 1
NAME = "manifest.json"


class Output(BaseModel):
    """A file beside the media, by its place below the data directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    size_bytes: int


class Manifest(BaseModel):
    """One snapshot. ``rows`` by table; ``last_event``: of the history of decisions.

    ``lost``: media that the catalogue names and its folder did not hold, or not whole, when the
    backup was made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    id: str
    made_at: str
    code_version: str
    revision: str
    database: str
    catalogue_sha256: str
    catalogue_bytes: int
    rows: dict[str, int]
    last_event: int
    media: int
    media_bytes: int
    outputs: tuple[Output, ...] = ()
    lost: tuple[str, ...] = ()

    def text(self) -> str:
        """As it is kept."""
        told: dict[str, Any] = self.model_dump(mode="json")
        return json.dumps(told, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        BackupError: there is none, or one of another version.
    """
    try:
        found = Manifest.model_validate_json((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValidationError, ValueError) as error:
        raise BackupError(
            f"{folder}: expected a snapshot with a readable {NAME}: {error}; choose another one"
        ) from error
    if found.format != FORMAT:
        raise BackupError(
            f"{folder}: expected format {FORMAT}, found {found.format}: made by another version "
            "of leopard-reid; restore it with that one"
        )
    return found
