"""Other tools' pictures, boxes, deployments and identities into the catalogue."""

from reid.importers.contract import Importer, Reading
from reid.importers.load import FORMATS, importer_for
from reid.importers.plan import Planned, plan
from reid.importers.report import Report, report_of
from reid.importers.store import Stored, store

__all__ = [
    "FORMATS",
    "Importer",
    "Planned",
    "Reading",
    "Report",
    "Stored",
    "importer_for",
    "plan",
    "report_of",
    "store",
]
