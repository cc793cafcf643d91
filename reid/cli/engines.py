"""Settings, models and the catalogue, loaded when a command needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reid.cli.console import Report
from reid.errors import ConfigError

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.config import Settings, Strips
    from reid.pipeline import Engine, Library
    from reid.weights import Bundle


def read_settings(data_dir: Path | None = None) -> Settings:
    """Settings from the environment; ``data_dir`` goes before it.

    Raises:
        ConfigError: an environment variable with an impossible value.
    """
    from pydantic import ValidationError

    from reid.config import Settings

    try:
        return Settings(data_dir=data_dir) if data_dir else Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(["LEOPARD_REID", *(str(part) for part in first["loc"])]).upper()
        raise ConfigError(f"{name}: {first['msg']}, found {first['input']!r}") from None


def load_engine(threads: int, told: Report, *, strips: Strips | None = None) -> Engine:
    """The models of the bundle that serves; of the configured one where nothing is stored yet.

    ``strips`` goes before the setting of that name.

    Raises:
        WeightsError: weights that are missing or altered.
        ConfigError: a setting that cannot be used.
    """
    told("loading models", 0, 1)
    from reid.config import PipelineConfig
    from reid.pipeline import Engine

    settings = read_settings()
    bundle = serving_bundle(settings)
    config = PipelineConfig.of(settings)
    engine = Engine.load(
        config, threads=threads, strips=strips or settings.read_strips, bundle=bundle
    )
    told("loading models", 1, 1)
    return engine


def serving_bundle(settings: Settings) -> Bundle | None:
    """The files of the bundle that was promoted, checked; None: the configured one serves.

    Nothing is made where there is no catalogue.

    Raises:
        WeightsError: they are missing or altered.
    """
    from reid.catalogue.catalogue import FILE_NAME

    if settings.database_url is None and not (settings.data_dir / FILE_NAME).is_file():
        return None
    from reid.registry import Registry

    with open_catalogue(settings.data_dir) as catalogue:
        registry = Registry.of(catalogue, settings)
        active = registry.active()
        return registry.open(active) if active.registered else None


def open_library(
    data_dir: Path | None, threads: int, told: Report, *, strips: Strips | None = None
) -> Library:
    """The catalogue with the models of the bundle that serves; a context manager.

    Raises:
        WeightsError: weights that are missing or altered.
        CatalogueError: the database refused.
    """
    settings = read_settings(data_dir).model_copy(update={"threads": threads})
    if strips:
        settings = settings.model_copy(update={"read_strips": strips})
    told("loading models", 0, 1)
    from reid.pipeline import LiveLibrary

    library = LiveLibrary.open(settings).now()
    told("loading models", 1, 1)
    return library


def open_catalogue(data_dir: Path | None) -> Catalogue:
    """The catalogue without models, for looking things up."""
    from reid.catalogue import Catalogue

    settings = read_settings(data_dir)
    where = settings.database_url or settings.data_dir
    return Catalogue.open(where, data_dir=settings.data_dir)
