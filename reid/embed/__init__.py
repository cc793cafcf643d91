"""Rosette embedding: crops to unit vectors, by a network from a weights bundle.

Importing this package loads no torch; ``load_embedder`` does.
"""

from reid.embed.contract import Embedder, EmbedderOutput
from reid.embed.crop import animal_crop
from reid.embed.load import load_embedder, use_threads

__all__ = ["Embedder", "EmbedderOutput", "animal_crop", "load_embedder", "use_threads"]
