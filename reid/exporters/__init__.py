"""What the catalogue knows, in the formats of other tools; positions as the role may see them."""

from reid.exporters.contract import Exporter, Writing, Written
from reid.exporters.load import FORMATS, exporter_for
from reid.exporters.snapshot import snapshot

__all__ = ["FORMATS", "Exporter", "Writing", "Written", "exporter_for", "snapshot"]
