"""Columns of Wildbook's bulk import that reading and writing share."""

from __future__ import annotations

MOST_ENCOUNTERS = 200
"""Of one spreadsheet, as Wildbook asks for."""
PERSON = ("MarkedIndividual.individualID", "Encounter.individualID")
SIGHTING = (
    *("Encounter.occurrenceID", "Occurrence.occurrenceID", "Encounter.sightingID"),
    "Sighting.sightingID",
)
"""Under which names a sighting's id is met: the later ones are newer Wildbooks'."""
EVENT = "Encounter.otherCatalogNumbers"
"""Where our own id of a sighting goes, after ``reid:``: occurrence ids are letters and digits."""
OWN_SHEET = "leopard-reid"
BESIDE = ("mediaAsset", "filePath", "timestamp", "eventStart", "bbox")
"""Columns of a second sheet, which Wildbook does not read: what its columns cannot say."""
