"""The library that the service opens unless it is given another."""

from __future__ import annotations

from reid.config import Settings
from service.ports import LibraryPort


def open_library(settings: Settings) -> LibraryPort:
    """Load the models and open the catalogue of ``settings.data_dir``; seconds, so in a thread.

    Raises:
        WeightsError: weights are missing or altered.
        CatalogueError: the database cannot be used.
    """
    # Here, so that importing the service loads no torch.
    from reid.pipeline import Engine, Library

    return Library.open(Engine.load(threads=settings.threads), settings)
