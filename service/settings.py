"""Settings of the environment, refused in this project's own words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from reid.catalogue.browser_sessions import Lasting
from reid.config import Settings
from reid.errors import ConfigError


def read_settings(**chosen: Any) -> Settings:
    """``LEOPARD_REID_*`` under what is ``chosen``.

    Raises:
        ConfigError: a setting that cannot be used.
    """
    try:
        return Settings(**chosen)
    except ValidationError as error:
        wrong = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())
        raise ConfigError(f"settings (LEOPARD_REID_... or options): {wrong}") from error


def lasting(settings: Settings) -> Lasting:
    """How long a browser stays signed in."""
    hours = settings.session_hours, settings.session_idle_hours
    return Lasting(*(timedelta(hours=one) for one in hours))
