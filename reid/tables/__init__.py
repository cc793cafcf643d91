"""How users describe sightings: a folder, or a table."""

from reid.tables.folder import sighting_from_folder
from reid.tables.read import read_sightings
from reid.tables.result import SightingsTable

__all__ = ["SightingsTable", "read_sightings", "sighting_from_folder"]
