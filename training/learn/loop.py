"""Steps and epochs. Every random choice comes from seed and step, so a resumed run is the same."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from reid.embed.preprocess import network_input
from reid.weights import Preprocessing
from training.learn.examples import Example
from training.learn.losses import SubCentreArcFace, contrastive, distance_to_start
from training.learn.network import Learner
from training.learn.outlines import Outlines
from training.learn.pictures import Pictures, plain_crop
from training.learn.recipe import Recipe
from training.learn.sampler import BatchSampler

_LAST_RATE = 0.01  # of the highest learning rate, at the end
_MOST_GRADIENT = 5.0  # norms above are cut: a batch of near copies can explode early
_EMBED = 32


@dataclass(slots=True)
class Parts:
    """What moves: the learner, the centres, the optimiser, and where the weights started."""

    learner: Learner
    arcface: SubCentreArcFace
    optimiser: torch.optim.AdamW
    start: dict[str, Tensor]
    device: torch.device


def make_parts(learner: Learner, classes: int, recipe: Recipe, device: torch.device) -> Parts:
    """Centres and optimiser for a learner; random numbers from the recipe's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed + 1)
        arcface = SubCentreArcFace(classes, recipe.network.dim, recipe.losses)
    learner.to(device)
    learner.to(memory_format=torch.channels_last)  # a third faster on a CPU, too
    arcface.to(device)
    head, residuals = learner.network.vector_head, learner.network.residuals
    fresh = [*learner.neck.parameters(), *arcface.parameters()]
    fresh += list(residuals.parameters()) if residuals is not None else []
    fresh += list(head.parameters()) if head is not None else []
    rates = recipe.schedule
    groups: list[dict[str, Any]] = [{"params": fresh, "lr": rates.head_rate}]
    if moving := list(learner.moving().values()):
        groups.append({"params": moving, "lr": rates.backbone_rate})
    for group in groups:
        group["highest"] = group["lr"]
    optimiser = torch.optim.AdamW(groups, weight_decay=rates.decay)
    start = {name: weight.detach().clone() for name, weight in learner.moving().items()}
    return Parts(learner, arcface, optimiser, start, device)


def rate_at(step: int, recipe: Recipe) -> float:
    """Share of the highest learning rate: a line up, then a cosine down."""
    schedule = recipe.schedule
    rise = max(1, round(schedule.warmup * schedule.steps))
    if step < rise:
        return (step + 1) / rise
    done = (step - rise) / max(1, schedule.steps - rise)
    return _LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2


def train_step(parts: Parts, pixels: Tensor, labels: Tensor, recipe: Recipe, step: int) -> float:
    """One step; returns the loss. In bfloat16 where there is a GPU."""
    for group in parts.optimiser.param_groups:
        group["lr"] = group["highest"] * rate_at(step, recipe)
    parts.learner.train()
    on_gpu = parts.device.type == "cuda"
    pixels = pixels.to(parts.device, memory_format=torch.channels_last)
    labels = labels.to(parts.device)
    with torch.autocast(parts.device.type, torch.bfloat16, enabled=on_gpu):
        vectors = parts.learner(pixels)
    loss = _loss(parts, vectors.float(), labels, recipe)
    parts.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    moved = [w for group in parts.optimiser.param_groups for w in group["params"]]
    torch.nn.utils.clip_grad_norm_(moved, _MOST_GRADIENT)
    parts.optimiser.step()
    return float(loss.detach())


def _loss(parts: Parts, vectors: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    how = recipe.losses
    total = vectors.new_zeros(())
    if how.arcface:
        total = total + how.arcface * parts.arcface(vectors, labels)
    if how.contrastive:
        alike = contrastive(vectors, labels, temperature=how.temperature)
        total = total + how.contrastive * alike
    if how.stay:
        total = total + how.stay * distance_to_start(parts.learner.moving(), parts.start)
    return total


def batches(
    pictures: Pictures, sampler: BatchSampler, start: int, stop: int, *, workers: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of steps ``start`` to ``stop`` - 1, made by ``workers`` processes (0: here)."""
    loader: DataLoader[tuple[Tensor, int]] = DataLoader(
        pictures,
        batch_sampler=list(sampler.batches(start, stop)),
        num_workers=workers,
        # A forked child hangs at its first parallel loop once the parent has run one (OpenMP).
        multiprocessing_context="spawn" if workers else None,
        worker_init_fn=_one_thread,
    )
    yield from loader


def _one_thread(_worker: int) -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    os.nice(1)  # the step itself goes first


@torch.inference_mode()
def embed(
    learner: Learner,
    crops: list[NDArray[np.uint8]],
    preprocessing: Preprocessing,
    *,
    headless: bool = False,
) -> NDArray[np.float32]:
    """(n, dim) unit rows of plain crops, in evaluation mode; ``headless``: the pooled features,
    (n, width) and not brought to length 1.
    """
    learner.eval()
    device, network = next(learner.parameters()).device, learner.network
    rows = []
    for k in range(0, len(crops), _EMBED):
        pixels = torch.from_numpy(network_input(crops[k : k + _EMBED], preprocessing))
        pixels = pixels.to(device, memory_format=torch.channels_last)
        found = network.pooled(network.features(pixels)) if headless else learner(pixels)
        rows.append(found.float().cpu().numpy())
    return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)


def plain_crops(
    examples: Iterable[Example], preprocessing: Preprocessing, outlines: Outlines
) -> list[NDArray[np.uint8]]:
    """Their crops as the product makes them, at most 1.5 times the input's size."""
    side = round(1.5 * preprocessing.input_px)
    return [_at_most(plain_crop(e, preprocessing, outlines), side) for e in examples]


def _at_most(crop: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    scale = side / max(crop.shape[:2])
    if scale >= 1:
        return crop
    size = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


def clock() -> float:
    """Seconds, for differences."""
    return time.monotonic()
