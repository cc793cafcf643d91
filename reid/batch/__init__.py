"""Whole archives: scanned, put together to sightings, measured, compared, grouped, reported."""

from reid.batch.kinds import REBUILD, standard_kinds
from reid.batch.options import BatchOptions
from reid.batch.outputs import NAMES as OUTPUT_NAMES
from reid.batch.re_embed import RE_EMBED, submit_re_embed
from reid.batch.submitting import BATCH, GROUP, submit_batch, submit_group
from reid.batch.trying import TRIAL, submit_trial

__all__ = [
    "BATCH",
    "GROUP",
    "OUTPUT_NAMES",
    "REBUILD",
    "RE_EMBED",
    "TRIAL",
    "BatchOptions",
    "standard_kinds",
    "submit_batch",
    "submit_group",
    "submit_re_embed",
    "submit_trial",
]
