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
    """The models; ``strips`` goes before the setting of that name.

    Raises:
        WeightsError: weights that are missing or altered.
        ConfigError: a setting that cannot be used.
    """
    told("loading models", 0, 1)
    from reid.config import PipelineConfig
    from reid.pipeline import Engine

    settings = read_settings()
    config = PipelineConfig.of(settings)
    engine = Engine.load(config, threads=threads, strips=strips or settings.read_strips)
    told("loading models", 1, 1)
    return engine


def open_library(
    data_dir: Path | None, threads: int, told: Report, *, strips: Strips | None = None
) -> Library:
    """The catalogue with the models; a context manager.

    Raises:
        WeightsError: weights that are missing or altered.
        CatalogueError: the database refused.
    """
    settings = read_settings(data_dir)
    engine = load_engine(threads, told, strips=strips)
    from reid.pipeline import Library

    return Library.open(engine, settings)


def open_catalogue(data_dir: Path | None) -> Catalogue:
    """The catalogue without models, for looking things up."""
    from reid.catalogue import Catalogue

    settings = read_settings(data_dir)
    where = settings.database_url or settings.data_dir
    return Catalogue.open(where, data_dir=settings.data_dir)
