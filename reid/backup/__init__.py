"""Backups: one moment of a catalogue with its media, checked, and brought back beside what is.

::

    PLACE/leopard-reid-backup.json          what this folder is
    PLACE/files/ab/cd/<sha256>              media and reports, each once for all snapshots
    PLACE/snapshots/<moment>/catalogue.db   every row, in a SQLite file whatever they came from
    PLACE/snapshots/<moment>/manifest.json  written last: without it there is no snapshot

A PLACE that ends in ``.tar`` is the same with one snapshot in one file.
"""

from reid.backup.make import Made, back_up
from reid.backup.manifest import Manifest
from reid.backup.packed import opened
from reid.backup.place import Place
from reid.backup.restore import Restored, restore
from reid.backup.verify import Verified, verify

__all__ = [
    "Made",
    "Manifest",
    "Place",
    "Restored",
    "Verified",
    "back_up",
    "opened",
    "restore",
    "verify",
]
