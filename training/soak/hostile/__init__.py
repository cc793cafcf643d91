"""Broken and hostile input, made by code: pictures, videos, metadata, whole requests."""

from training.soak.hostile.pictures import Hostile, flipped, pictures, plain, truncated
from training.soak.hostile.requests import Raw, raw_requests
from training.soak.hostile.texts import bodies, metadata, names
from training.soak.hostile.videos import videos

__all__ = [
    "Hostile",
    "Raw",
    "bodies",
    "flipped",
    "metadata",
    "names",
    "pictures",
    "plain",
    "raw_requests",
    "truncated",
    "videos",
]
