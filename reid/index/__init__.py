"""Nearest neighbours among embeddings of one fingerprint, by flank (FAISS)."""

from reid.index.flank_index import FlankIndex
from reid.index.index_set import IndexSet, searched
from reid.index.store import StoreSettings
from reid.index.values import Neighbours, VectorBatch

__all__ = ["FlankIndex", "IndexSet", "Neighbours", "StoreSettings", "VectorBatch", "searched"]
