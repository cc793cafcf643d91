"""Before the service listens: without keys it listens to this machine alone, and says so."""

from __future__ import annotations

import logging

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.config import Settings
from reid.errors import CatalogueError, ConfigError
from service.gatekeeper import loopback

log = logging.getLogger("service")


def check_access(settings: Settings) -> None:
    """Raise unless a service of these settings may listen; say where nobody needs a key.

    Raises:
        ConfigError: others could reach it, and no key was made.
        CatalogueError: others could reach it, and whether there are keys cannot be told.
    """
    here = loopback(settings.host)
    try:
        with Catalogue.open(
            settings.database_url or settings.data_dir, data_dir=settings.data_dir
        ) as catalogue:
            keys = KeyStore.of(catalogue).any()
    except CatalogueError:
        if not here:
            raise
        return  # the door tells clients why, and tries again
    if keys:
        return
    if not here:
        raise ConfigError(
            f"host {settings.host}: expected keys before others can reach the service, found none; "
            "make one with `reid keys create NAME --role admin`, or listen on 127.0.0.1"
        )
    log.warning(
        "no keys were made: everybody on this machine is admin, and nobody else is answered "
        "(`reid keys create NAME --role ROLE` changes that)"
    )
