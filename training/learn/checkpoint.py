"""The state of a run on disk: written beside, then renamed, so that a kill leaves the last one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from reid.errors import ConfigError

Numbers = dict[str, float]


@dataclass(slots=True)
class Progress:
    """Where a run is. ``step`` counts finished steps, ``epochs`` holds a line for each epoch."""

    step: int = 0
    seconds: float = 0.0
    best_map: float = -1.0
    best_epoch: int = 0
    stopped: str = ""
    losses: list[Numbers] = field(default_factory=list)
    epochs: list[Numbers] = field(default_factory=list)


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Tensors, numbers and words, atomically."""
    part = path.with_name(f"{path.name}.part")
    torch.save(state, part)
    part.replace(path)


def load_state(path: Path) -> dict[str, Any]:
    """What `save_state` wrote; nothing else is read (``weights_only``)."""
    state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    return state


def check_same(before: dict[str, str], now: dict[str, str], folder: Path) -> None:
    """Refuse to go on with other inputs than a run was begun with.

    Raises:
        ConfigError: naming what differs.
    """
    changed = sorted(key for key in now if before.get(key) != now[key])
    if changed:
        raise ConfigError(
            f"{folder}: this run was begun with another {', '.join(changed)}; resume with the "
            "same, or give another --out"
        )


def packed(progress: Progress) -> dict[str, Any]:
    """The progress as plain values."""
    return asdict(progress)
