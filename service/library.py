"""The library that the service opens unless it is given another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reid.config import Settings
from reid.errors import WeightsAlteredError
from reid.weights import load_bundle, verify
from service.ports import Opened

if TYPE_CHECKING:
    from reid.pipeline import Engine, Library


def open_library(settings: Settings) -> Opened:
    """Load the models and open the catalogue of ``settings``; seconds, so in a thread.

    Raises:
        WeightsError: weights are missing or altered.
        CatalogueError: the database cannot be used.
        SearchError: the index cannot be made.
    """
    # Here, so that importing the service loads no torch.
    from reid.pipeline import Engine, Library

    engine = Engine.load(threads=settings.threads)
    library = Library.open(engine, settings)
    close = partial(library.__exit__, None, None, None)
    return Opened(library, partial(_check, engine, library), close)


def _check(engine: Engine, library: Library) -> None:
    """Raise unless the weights are as their manifest says and the database answers."""
    report = verify(load_bundle(engine.config.bundle))
    if not report.ok:
        wrong = [f"{file.path} ({file.status})" for file in report.files if file.status != "ok"]
        raise WeightsAlteredError(
            f"bundle {report.bundle}: expected the files of its manifest, found {wrong}; run "
            "`reid weights verify` and fetch them again"
        )
    library.catalogue.check()
