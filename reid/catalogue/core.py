"""What every part of the catalogue stands on: transactions, files, the clock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from reid.catalogue.engine import WRITER
from reid.catalogue.faults import translated
from reid.catalogue.mediastore import MediaStore, Staged
from reid.catalogue.schema import MediaRow
from reid.errors import CatalogueError

T = TypeVar("T")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Core:
    """One database and one folder of files; a session and a transaction per call.

    Safe from several threads and processes: readers see whole transactions, writers wait.
    """

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        """Use ``Catalogue.open``."""
        self.engine = engine
        self.data_dir = data_dir
        self.media = MediaStore(data_dir / "media")
        self._writer = engine.execution_options(**{WRITER: True})

    def _read(self, work: Callable[[Session], T]) -> T:
        return self._run(self.engine, work)

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._run(self._writer, work)

    def _run(self, engine: Engine, work: Callable[[Session], T]) -> T:
        # Rows stay readable after the transaction, so that pictures are opened outside it.
        session = Session(engine, expire_on_commit=False)
        with translated(self.data_dir), session, session.begin():
            return work(session)

    def read_media(self, sha256: str) -> bytes:
        """The bytes of a stored file.

        Raises:
            CatalogueError: the file is missing or was altered.
        """
        with translated(self.data_dir):
            return self.media.read(sha256)

    @contextmanager
    def _staged(self, contents: Iterable[bytes]) -> Iterator[Staged]:
        """Files written beside; when the block fails, those that it placed are taken back."""
        with translated(self.data_dir), self.media.staging(contents) as staged:
            try:
                yield staged
            except BaseException:
                # Should this fail too, whole files without a row stay, for `sweep`.
                with contextlib.suppress(CatalogueError):
                    self._take_back(staged.placed)
                raise

    def _take_back(self, placed: list[str]) -> int:
        """Delete files that no row names; the writers' lock keeps others from adopting them."""

        def work(session: Session) -> int:
            orphans = [sha for sha in placed if session.get(MediaRow, sha) is None]
            return sum(self.media.remove(sha) for sha in orphans)

        return self._write(work) if placed else 0
