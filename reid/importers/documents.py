"""Large JSON documents, a list in them at a time: what is read takes no memory, it goes by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

import ijson

from reid.errors import TableError

WHOLE_BYTES = 256_000_000
"""A document that is no strict JSON (NaN, as Python writes it) is read whole up to this."""
_BOM = b"\xef\xbb\xbf"


class Document:
    """An object whose lists are walked. Opening reads it through once, so that a broken one is
    refused before anything of it is taken.

    Raises:
        TableError: no JSON, or no object.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._whole: dict[str, Any] | None = None
        try:
            with self._open() as file:
                kinds = [value for prefix, _, value in ijson.parse(file) if not prefix and value]
            if not kinds and not self._is_object():
                raise TableError(f"{path.name}: expected an object, found something else")
        except ijson.JSONError as error:
            self._whole = self._read(error)
        except OSError as error:
            raise TableError(f"{path.name}: cannot be read: {error.strerror or error}") from error

    def items(self, name: str) -> Iterator[Any]:
        """The items of the list of this name, none where there is no such list."""
        if self._whole is not None:
            found = self._whole.get(name)
            yield from found if isinstance(found, list) else []
            return
        with self._open() as file:
            yield from ijson.items(file, f"{name}.item", use_float=True)

    def value(self, name: str) -> Any:
        """Anything else of this name, or None."""
        if self._whole is not None:
            return self._whole.get(name)
        with self._open() as file:
            return next(ijson.items(file, name, use_float=True), None)

    def _open(self) -> BufferedReader:
        file = self.path.open("rb")
        if file.read(3) != _BOM:
            file.seek(0)
        return file

    def _is_object(self) -> bool:
        with self._open() as file:
            return file.read(1 << 12).lstrip()[:1] == b"{"

    def _read(self, error: Exception) -> dict[str, Any]:
        told = f"{self.path.name}: expected JSON: {' '.join(str(error).split())[:200]}"
        if self.path.stat().st_size > WHOLE_BYTES:
            raise TableError(told) from error
        try:
            found = json.loads(self.path.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError) as wrong:
            raise TableError(f"{self.path.name}: expected JSON: {wrong}") from wrong
        if not isinstance(found, dict):
            raise TableError(f"{self.path.name}: expected an object")
        return found


def ends(path: Path, size: int = 1 << 16) -> bytes:
    """The beginning and the end of a file, to tell what it is; its order of keys is anybody's."""
    with path.open("rb") as file:
        start = file.read(size)
        file.seek(max(len(start), path.stat().st_size - size))
        return start + file.read(size)
