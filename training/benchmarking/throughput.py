"""Embedding in batches beside the bare network."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from reid.embed.network import build_network
from reid.embed.preprocess import network_input
from reid.pipeline import Engine
from reid.weights import load_bundle
from training.benchmarking.ground import Ground

CROPS, BATCH, ROUNDS = 64, 16, 9
TEXT = """Crops of 480 x 300 pixels to unit vectors in batches of 16, the best of nine rounds in
turns with the bare forward pass of the same network on numbers made ready before.

| | ms a crop | ms of processor time |
| --- | --- | --- |
| ours | {found.ours_ms:.1f} | {found.ours_cpu_ms:.1f} |
| bare network | {found.bare_ms:.1f} | {found.bare_cpu_ms:.1f} |
| **our throughput / the bare one's** | **{found.ratio:.2f}** | {found.cpu_ratio:.2f} |
"""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Milliseconds a crop, best of the rounds: of the network alone, and of the embedder."""

    bare_ms: float
    ours_ms: float
    bare_cpu_ms: float
    ours_cpu_ms: float

    @property
    def ratio(self) -> float:
        """Our throughput over the bare one's, by the clock."""
        return self.bare_ms / self.ours_ms

    @property
    def cpu_ratio(self) -> float:
        """The same by processor time: other work on the machine does not disturb it as much."""
        return self.bare_cpu_ms / self.ours_cpu_ms


def throughput_section(ground: Ground) -> str:
    """The table."""
    return TEXT.format(found=throughput(ground.engine))


def throughput(engine: Engine) -> Throughput:
    """Crops of 480 x 300 to vectors, against the network on what was made ready before.

    In turns, so that both meet the same machine; the same batches and threads.
    """
    import torch

    bundle = engine.bundle or load_bundle(engine.config.bundle)
    network = build_network(bundle)
    rng = np.random.default_rng(0)
    crops = list(rng.integers(0, 255, (CROPS, 300, 480, 3), dtype=np.uint8))
    pixels = torch.from_numpy(network_input(crops, bundle.manifest.preprocessing))

    def bare() -> None:
        with torch.inference_mode():
            for start in range(0, CROPS, BATCH):
                network(pixels[start : start + BATCH])

    def ours() -> None:
        engine.embedder.embed(crops)

    bare()
    ours()
    spans: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        for name, work in (("bare", bare), ("ours", ours)):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            spans[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    best = {name: np.min(found, axis=0) * 1000 / CROPS for name, found in spans.items()}
    return Throughput(
        float(best["bare"][0]),
        float(best["ours"][0]),
        float(best["bare"][1]),
        float(best["ours"][1]),
    )
