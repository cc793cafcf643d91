"""Whole archives: scanned, put together to sightings, measured, compared, grouped, reported."""

from reid.batch.kinds import REBUILD, standard_kinds
from reid.batch.options import BatchOptions
from reid.batch.outputs import NAMES as OUTPUT_NAMES
from reid.batch.submitting import BATCH, GROUP, submit_batch, submit_group

__all__ = [
    "BATCH",
    "GROUP",
    "OUTPUT_NAMES",
    "REBUILD",
    "BatchOptions",
    "standard_kinds",
    "submit_batch",
    "submit_group",
]
