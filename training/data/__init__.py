"""Datasets as tables: rows, rights, near copies. Nothing here depends on who made a table."""

from training.data.rights import Rights, Use
from training.data.rows import Row
from training.data.table import Dataset, read_dataset

__all__ = ["Dataset", "Rights", "Row", "Use", "read_dataset"]
