"""Other tools' pictures, boxes, deployments and identities into the catalogue."""

from reid.importers.contract import Importer, Reading
from reid.importers.cutting import Cut, cut_events, gap_for
from reid.importers.load import FORMATS, importer_for
from reid.importers.plan import Planned, plan
from reid.importers.report import Report, report_of
from reid.importers.store import Stored, store

__all__ = [
    "FORMATS",
    "Cut",
    "Importer",
    "Planned",
    "Reading",
    "Report",
    "Stored",
    "cut_events",
    "gap_for",
    "importer_for",
    "plan",
    "report_of",
    "store",
]
