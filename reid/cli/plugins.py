"""Sub-commands that other installed distributions bring, found by entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

import typer

from reid.errors import ConfigError

GROUP = "leopard_reid.commands"
"""Entry points of this group are typer applications; ``reid`` shows each under its name."""


@cache
def found() -> dict[str, EntryPoint]:
    """Entry points by name; nothing is imported. Of two of one name the first found counts."""
    known: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        known.setdefault(point.name, point)
    return known


def load(name: str) -> typer.Typer:
    """The application of one entry point, imported now.

    Raises:
        ConfigError: it cannot be imported, or is no typer application.
    """
    point = found()[name]
    try:
        application = point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"reid {name}: {point.value} cannot be loaded ({error}); install the package that "
            "brings it again"
        ) from error
    if not isinstance(application, typer.Typer):
        raise ConfigError(
            f"reid {name}: expected a typer application at {point.value}, found "
            f"{type(application).__name__}"
        )
    return application
