"""The bundle that a run leaves: half-precision tensors, manifest, card."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from reid.errors import ReidError
from reid.weights import Bundle, FileEntry, Manifest, Origin, VectorHead, VisualWords, save_bundle
from training.learn.checkpoint import load_state
from training.learn.network import interpolated, start_bundle
from training.learn.run import BEST, Run

MOST_BYTES = 20_000_000
_HALF_MAX = 65_504.0
_NOT_YET = FileEntry(path="model.safetensors", sha256="0" * 64, bytes=1)  # save_bundle replaces it


def write_bundle(run: Run, directory: Path, *, name: str, version: str = "1") -> Bundle:
    """The best epoch's network as a bundle that `reid.embed.load_embedder` takes.

    Raises:
        ReidError: the bundle would be larger than 20 MB.
    """
    recipe, prepared = run.prepared.recipe, run.prepared
    state = load_state(run.folder / BEST)
    state = interpolated(state, run.start, recipe.schedule.interpolate)
    small = halved(state)
    size = sum(t.numel() * t.element_size() for t in small.values())
    if size > MOST_BYTES:
        raise ReidError(
            f"the bundle would have {size / 1e6:.1f} MB, expected at most {MOST_BYTES / 1e6:.0f}; "
            "choose a smaller network"
        )
    width = state["vector_head.weight"].shape[1]
    start = start_bundle(recipe.network)
    manifest = Manifest(
        name=re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "trained",
        version=version,
        kind="own",
        architecture=recipe.network.architecture or _architecture(start),
        pooling=recipe.network.pooling,
        gem_power=recipe.network.gem_power,
        grid=recipe.network.grid,
        visual_words=_words(run),
        feature_stride=recipe.network.feature_stride,
        head=VectorHead(kind="linear", width=int(width)),
        dim=recipe.network.dim,
        preprocessing=prepared.preprocessing,
        licence=prepared.licence,
        origin=Origin(
            source=f"leopard-reid, recipe {recipe.name} ({recipe.sha256[:12]})",
            trained_on=", ".join(_trained_on(run)),
        ),
        files=(_NOT_YET,),
    )
    return save_bundle(directory, manifest, small)


def _words(run: Run) -> VisualWords | None:
    residuals = run.parts.learner.network.residuals
    if residuals is None:
        return None
    words, width = residuals.words.shape
    return VisualWords(words=words, dim=width - 2, position=residuals.position)


def halved(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matrices and kernels in half precision; vectors (biases, statistics) stay as they are.

    A value too large for half precision keeps its tensor in single precision.
    """
    return {name: _halved(tensor) for name, tensor in state.items()}


def _halved(tensor: Tensor) -> Tensor:
    fits = tensor.is_floating_point() and tensor.ndim > 1
    if not fits or float(tensor.abs().max()) > _HALF_MAX:
        return tensor.clone()
    return tensor.to(torch.float16)


def _trained_on(run: Run) -> list[str]:
    start = start_bundle(run.prepared.recipe.network)
    first = [f"{start.name} ({start.manifest.origin.trained_on})"] if start else []
    for dataset in run.prepared.datasets:
        seen = {e.of.identity for e in run.prepared.split.train if e.of.dataset == dataset.name}
        rights, table = dataset.rights.licence, dataset.sha256[:12]
        first.append(f"{dataset.name}: {len(seen)} individuals ({rights}; table {table})")
    return first


def _architecture(start: Bundle | None) -> str:
    return start.manifest.architecture if start else ""
