"""The catalogue: opening it, keeping it clean, closing it."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL, text
from sqlalchemy.orm import Session

from reid.catalogue.comparisons import Comparisons
from reid.catalogue.core import Core
from reid.catalogue.decided import Decisions
from reid.catalogue.engine import WRITER, make_engine, parse_url, probe_writes
from reid.catalogue.faults import translated
from reid.catalogue.feature_stream import FeatureStream
from reid.catalogue.identity import Individuals
from reid.catalogue.measurements import Measurements
from reid.catalogue.migrate import check_schema, migrate
from reid.catalogue.previews import Previews
from reid.catalogue.records import Swept
from reid.catalogue.reviewing import Reviews
from reid.catalogue.schema import MediaRow
from reid.catalogue.sightings import Sightings
from reid.catalogue.stream import EmbeddingStream
from reid.errors import ConfigError, StorageFullError

FILE_NAME = "catalogue.db"
LEAST_FREE_BYTES = 64 << 20
"""One upload may bring more; below this not even its rows are sure of room."""


class Catalogue(
    Sightings,
    Measurements,
    EmbeddingStream,
    FeatureStream,
    Individuals,
    Decisions,
    Previews,
    Reviews,
    Comparisons,
    Core,
):
    """Everything that is known: sightings, measurements, individuals, answers.

    One database and one folder of media. Every method is one transaction; several threads and
    processes may use the same catalogue. Use ``Catalogue.open``.
    """

    @classmethod
    def open(cls, where: str | Path, *, data_dir: Path | None = None) -> Catalogue:
        """Open a catalogue, making or upgrading its tables.

        ``where`` is a data directory (SQLite in ``catalogue.db`` there) or a database URL:
        ``sqlite:///FILE`` or ``postgresql+psycopg://...``. ``data_dir`` holds the media
        (default: beside the SQLite file; a server has no default).

        Raises:
            ConfigError: the URL cannot be used, or a server without ``data_dir``.
            CatalogueError: the database is newer than this version, damaged, or not reachable.
            StorageFullError: no room to make it.
        """
        url, folder = locate(where, data_dir)
        engine = make_engine(url)
        try:
            with translated(folder):
                folder.mkdir(parents=True, exist_ok=True)
                migrate(engine.execution_options(**{WRITER: True}))
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, folder)

    def check(self) -> None:
        """Raise CatalogueError unless the database answers."""
        self._read(lambda session: session.execute(text("SELECT 1")).scalar_one())

    def check_schema(self) -> None:
        """Raise SchemaError unless the tables are of this version."""
        self._read(lambda session: check_schema(session.connection()))

    def check_disk(self) -> None:
        """Write a file beside the media and take it back.

        Raises:
            StorageFullError: no room, or next to none.
            ReadOnlyError: the disk takes no writes.
            CatalogueError: the folder is gone.
        """
        with translated(self.data_dir):
            self.media.probe()
            free = shutil.disk_usage(self.data_dir).free
        if free < LEAST_FREE_BYTES:
            raise StorageFullError(
                f"{self.data_dir}: expected at least {LEAST_FREE_BYTES >> 20} MB of free space, "
                f"found {free >> 20} MB; make room"
            )

    def check_writable(self) -> None:
        """Ask the database whether it takes writes; nothing is changed, nobody is waited for.

        Raises:
            ReadOnlyError: it does not.
        """
        with translated(self.data_dir), self.engine.connect() as connection:
            probe_writes(connection)

    def sweep(self) -> Swept:
        """Remove files that a killed writer left: whole ones without a row, and halves.

        Holds the writers' lock while it looks at every file.
        """

        def work(session: Session) -> Swept:
            count, size = self.media.remove_stale()
            for sha256 in list(self.media.placed_files()):
                if session.get(MediaRow, sha256) is None:
                    count, size = count + 1, size + self.media.remove(sha256)
            return Swept(count, size)

        return self._write(work)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def locate(where: str | Path, data_dir: Path | None) -> tuple[URL, Path]:
    """The database's URL and the folder for media; see ``Catalogue.open``."""
    if isinstance(where, Path) or "://" not in where:
        folder = Path(where)
        url = URL.create("sqlite", database=str(folder / FILE_NAME))
        return url, data_dir or folder
    url = parse_url(where)
    if data_dir is not None:
        return url, data_dir
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise ConfigError("a catalogue on a server needs data_dir: the folder for its media")
    return url, Path(url.database).parent
