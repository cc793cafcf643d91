"""Nearest neighbours among embeddings of one fingerprint, and votes of descriptors of one method,
by flank (FAISS)."""

from reid.index.flank_index import FlankIndex
from reid.index.index_file import IndexFile
from reid.index.index_set import IndexSet, searched
from reid.index.inverted import StoreSettings
from reid.index.quiet import use_threads
from reid.index.storage import Section
from reid.index.values import Neighbours, VectorBatch
from reid.index.vote_set import VoteSet
from reid.index.voting import LnbnnSettings

__all__ = [
    "FlankIndex",
    "IndexFile",
    "IndexSet",
    "LnbnnSettings",
    "Neighbours",
    "Section",
    "StoreSettings",
    "VectorBatch",
    "VoteSet",
    "searched",
    "use_threads",
]
