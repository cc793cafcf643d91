"""A dataset is a metadata table beside its pictures, in the wildlife-datasets columns."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reid.errors import TableError
from training.data.rights import Rights, rights_of
from training.data.rows import COLUMNS, REQUIRED, Row, row_of

TABLE = "metadata.csv"
NOBODY_SAID = Rights()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of one table; ``root`` is the folder that their paths start from.

    ``sha256`` is of the table's bytes, so that figures can say what they were measured on; it
    stays with a subset, whose ``name`` says how it was taken.
    """

    name: str
    root: Path
    rows: tuple[Row, ...] = field(repr=False)
    rights: Rights = NOBODY_SAID
    sha256: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def identities(self) -> tuple[str, ...]:
        """Names of the individuals, sorted."""
        return tuple(sorted({r.identity for r in self.rows if r.identity}))

    @property
    def classes(self) -> tuple[str, ...]:
        """Flank classes of the individuals, sorted."""
        return tuple(sorted({r.flank_class for r in self.rows if r.identity}))

    def where(self, keep: Callable[[Row], bool], name: str = "") -> Dataset:
        """The rows for which ``keep`` holds, in their order."""
        return replace(self, rows=tuple(r for r in self.rows if keep(r)), name=name or self.name)

    def labelled(self) -> Dataset:
        """The rows with an identity."""
        return self.where(lambda row: bool(row.identity))


def read_dataset(table: Path, *, name: str = "") -> Dataset:
    """Read a table (or the ``metadata.csv`` of a folder).

    Columns: ``image_id, identity, path`` are needed; ``bbox`` ([x, y, w, h] in pixels), ``date``
    (ISO), ``orientation``, ``species``, ``segmentation``, ``sighting`` or ``encounter``,
    ``light``, ``mask_path`` and ``split`` are read when there; all others are kept in
    ``Row.extra``. Paths are relative to the table's folder. Pictures are not opened.

    Raises:
        TableError: no such table, a missing or doubled column, an ``image_id`` that comes twice,
            or a cell that cannot be used; the message names row and column.
    """
    path = table / TABLE if table.is_dir() else table
    header, lines, digest = _lines(path)
    _check_header(header, path.name)
    rows = tuple(_rows(header, lines, path))
    _check_once(rows, path.name)
    root = path.resolve().parent
    return Dataset(name or root.name, root, rows, rights_of(root, digest), digest)


def _lines(path: Path) -> tuple[list[str], list[list[str]], str]:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        header, *lines = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(
            f"{path}: expected a CSV table in UTF-8 (a folder: its {TABLE}), found {error}"
        ) from error
    return [h.strip() for h in header], lines, hashlib.sha256(content).hexdigest()


def _check_header(header: Sequence[str], name: str) -> None:
    for column in REQUIRED:
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TableError(
                f"{name}: expected the columns {', '.join(REQUIRED)}, found no {column} among "
                f"{', '.join(header) or 'nothing'}{hint}"
            )
    twice = sorted({h for h in header if h in COLUMNS and header.count(h) > 1})
    if twice:
        raise TableError(f"{name}: expected each column once, found {', '.join(twice)} twice")


def _rows(header: Sequence[str], lines: Iterable[list[str]], path: Path) -> Iterable[Row]:
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        where = f"{path.name} row {number}"
        if len(line) != len(header):
            raise TableError(
                f"{where}: expected {len(header)} cells as in the header, found {len(line)}; "
                "quote cells that hold commas"
            )
        cells = {h: c.strip() for h, c in zip(header, line, strict=True)}
        yield row_of(cells, path.resolve().parent, where)


def _check_once(rows: Sequence[Row], name: str) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.image_id in seen:
            raise TableError(
                f"{name}, column image_id: expected every id once, found {row.image_id!r} again; "
                "one animal in one picture is one row with an id of its own"
            )
        seen.add(row.image_id)
