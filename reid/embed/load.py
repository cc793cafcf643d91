"""Embedders, each loaded once a process."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from reid.embed.contract import Embedder
from reid.weights import DEFAULT_BUNDLE, Bundle, CropPolicy, fingerprint, load_bundle

_LOADED: dict[tuple[Path, str], Embedder] = {}
_LOCK = threading.Lock()


def load_embedder(
    bundle: Bundle | str | Path = DEFAULT_BUNDLE, *, crop: CropPolicy | None = None
) -> Embedder:
    """The embedder of a bundle (or of its name or path), built on the first call and then shared.

    ``crop`` replaces the manifest's crop policy and thereby changes the fingerprint.

    Raises:
        WeightsMissingError, WeightsAlteredError: as `reid.weights.load_bundle` and
            `reid.embed.network.build_network`.
    """
    found = bundle if isinstance(bundle, Bundle) else load_bundle(bundle)
    found = found.with_crop(crop) if crop else found
    key = found.directory, fingerprint(found)
    with _LOCK:  # two threads must not build the same network twice
        if key not in _LOADED:
            from reid.embed.timm_embedder import TimmEmbedder  # torch, only now

            _LOADED[key] = TimmEmbedder(found)
        return _LOADED[key]


def use_threads(count: int) -> None:
    """Let the networks of this process use ``count`` threads.

    Threads that wait for each other sleep instead of spinning, unless the environment says
    otherwise: on a shared machine spinning made a pass four times as long. This takes effect
    where torch was not imported before.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    torch.set_num_threads(count)
