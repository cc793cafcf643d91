"""How users describe sightings: a folder, or a table."""

from reid.tables.folder import sighting_from_folder
from reid.tables.listing import ListedMedia, list_media
from reid.tables.read import read_sightings
from reid.tables.result import SightingsTable

__all__ = [
    "ListedMedia",
    "SightingsTable",
    "list_media",
    "read_sightings",
    "sighting_from_folder",
]
