"""Styles, scripts and drawings: kept by browsers for good, under an address that says which."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).with_name("static")
KEEP = "public, max-age=31536000, immutable"


def _digest() -> str:
    found = hashlib.sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:12]


STATIC_AT = f"/static/{_digest()}"
"""Another version of any file is another address, so no browser mixes old scripts with new."""


class KeptFiles(StaticFiles):
    """Files that never change under their address."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """A file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = KEEP
        return response
