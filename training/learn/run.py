"""A training run: train, judge, keep the best, go on after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from reid.errors import ConfigError
from training.learn import loop
from training.learn.adapters import merged
from training.learn.beginning import begin_head
from training.learn.checkpoint import Progress, check_same, load_state, packed, save_state
from training.learn.judge import Ranking, rank
from training.learn.network import build_learner, folded
from training.learn.pictures import Pictures
from training.learn.prepared import Prepared, Told
from training.learn.words import PICTURES, begin_words

STATE, BEST = "state.pt", "best.pt"
HEAD_SEES = 3  # pictures for each number of the vector: fewer give directions of chance
SAVE_EVERY = 50  # steps: at most about two minutes of a laptop's work are lost to a kill


class Run:
    """A run over prepared inputs; its state lies in ``folder`` after every 50 steps and epoch."""

    def __init__(self, prepared: Prepared, folder: Path, *, device: torch.device) -> None:
        recipe = prepared.recipe
        self.prepared, self.folder = prepared, folder
        folder.mkdir(parents=True, exist_ok=True)
        learner = build_learner(recipe.network, seed=recipe.seed)
        self.start = {k: v.clone() for k, v in merged(learner.network.backbone).items()}
        self.parts = loop.make_parts(learner, prepared.sampler.classes, recipe, device)
        self.progress = Progress()

    @property
    def epoch_ends(self) -> list[int]:
        """The step after which each epoch ends."""
        schedule = self.prepared.recipe.schedule
        cuts = np.linspace(0, schedule.steps, schedule.epochs + 1)
        return [round(float(cut)) for cut in cuts[1:]]

    def resume(self) -> None:
        """Go on from the folder's state.

        Raises:
            ConfigError: there is none, or it is of other inputs.
        """
        path = self.folder / STATE
        if not path.is_file():
            raise ConfigError(
                f"{path}: expected the state of a run, found none; leave --resume out"
            )
        state = load_state(path)
        check_same(state["inputs"], self.prepared.inputs, self.folder)
        self.parts.learner.load_state_dict(state["learner"])
        self.parts.arcface.load_state_dict(state["arcface"])
        self.parts.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        self.progress = Progress(**state["progress"])

    def begin(self) -> None:
        """Give words and head their beginning, from a seeded choice of training pictures."""
        recipe, train = self.prepared.recipe, self.prepared.split.train
        if recipe.network.keep_head:
            return
        learner, preprocessing = self.parts.learner, self.prepared.preprocessing
        order = np.random.default_rng([recipe.seed, 3]).permutation(len(train))
        chosen = [train[k] for k in order[: max(PICTURES, HEAD_SEES * recipe.network.dim)]]
        crops = loop.plain_crops(chosen, preprocessing, self.prepared.outlines)
        begin_words(learner, crops[:PICTURES], preprocessing, seed=recipe.seed)
        if recipe.network.head == "principal":
            seen = loop.embed(learner, crops, preprocessing, headless=True)
            begin_head(learner, seen, seed=recipe.seed)

    def go(self, told: Told, *, workers: int, until: int | None = None) -> None:
        """Train to the end, to ``until`` steps, or until nothing gets better."""
        if not self.progress.epochs:
            self.begin()
            self._judge_start(told)
            if not self.prepared.recipe.schedule.steps:
                self._judge(1, told)
                self.save()
        for epoch, end in enumerate(self.epoch_ends, start=1):
            stop = end if until is None else min(end, until)
            if self.progress.stopped or self.progress.step >= end or self.progress.step >= stop:
                continue
            self._steps(stop, told, workers)
            if self.progress.step == end:
                self._judge(epoch, told)
            self.save()

    def save(self) -> None:
        """Everything that the next step depends on."""
        state: dict[str, Any] = {
            "inputs": self.prepared.inputs,
            "learner": self.parts.learner.state_dict(),
            "arcface": self.parts.arcface.state_dict(),
            "optimiser": self.parts.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "progress": packed(self.progress),
        }
        save_state(self.folder / STATE, state)

    def _steps(self, stop: int, told: Told, workers: int) -> None:
        prepared, progress, recipe = self.prepared, self.progress, self.prepared.recipe
        pictures = Pictures(
            prepared.split.train, prepared.preprocessing, recipe.augmentation, prepared.outlines
        )
        begun, before = loop.clock(), progress.seconds
        made = loop.batches(pictures, prepared.sampler, progress.step, stop, workers=workers)
        for pixels, labels in made:
            loss = loop.train_step(self.parts, pixels, labels, recipe, progress.step)
            progress.step += 1
            progress.seconds = before + loop.clock() - begun
            progress.losses.append({"step": progress.step, "loss": loss})
            told.step(progress.step, recipe.schedule.steps, loss)
            if progress.step % SAVE_EVERY == 0 and progress.step < stop:
                self.save()

    def _judge_start(self, told: Told) -> None:
        if self.prepared.recipe.network.keep_head:  # the start itself may stay the best
            self._judge(0, told)
            return
        vectors = loop.embed(
            self.parts.learner, self.prepared.crops, self.prepared.preprocessing, headless=True
        )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._line(0, self._ranked(vectors / np.maximum(lengths, 1e-12)), told)

    def _judge(self, epoch: int, told: Told) -> None:
        progress, patience = self.progress, self.prepared.recipe.schedule.patience
        crops, preprocessing = self.prepared.crops, self.prepared.preprocessing
        found = self._ranked(loop.embed(self.parts.learner, crops, preprocessing))
        if found.map > progress.best_map or not found.queries:
            progress.best_map, progress.best_epoch = found.map, epoch
            save_state(self.folder / BEST, dict(folded(self.parts.learner)))
        elif epoch - progress.best_epoch >= patience:
            progress.stopped = f"no better mAP in {patience} epochs"
        self._line(epoch, found, told)

    def _ranked(self, vectors: NDArray[np.float32]) -> Ranking:
        return rank(vectors, self.prepared.among)

    def _line(self, epoch: int, found: Ranking, told: Told) -> None:
        since = self.progress.epochs[-1]["step"] if self.progress.epochs else 0
        losses = [line["loss"] for line in self.progress.losses if line["step"] > since]
        line: dict[str, float] = {
            "epoch": epoch,
            "step": self.progress.step,
            "loss": float(np.mean(losses)) if losses else float("nan"),
            "top1": found.top1,
            "map": found.map,
            "queries": found.queries,
            "seconds": self.progress.seconds,
        }
        self.progress.epochs.append(line)
        told.epoch(line)


def choose_device(threads: int) -> torch.device:
    """The GPU if there is one, else the CPU with ``threads`` threads."""
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
