"""What a run says of itself when it ends: ``report.json`` and ``report.md``, and its CSV logs."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from reid.weights import Bundle, Manifest
from training.learn.checkpoint import Numbers
from training.learn.judge import Ranking
from training.learn.run import Run

_BARS = " ▁▂▃▄▅▆▇█"
_BINS = 48  # columns of the drawn loss curve


def write_logs(run: Run) -> None:
    """``steps.csv`` (step, loss) and ``epochs.csv`` (loss, ranking, seconds)."""
    _csv(run.folder / "steps.csv", run.progress.losses)
    _csv(run.folder / "epochs.csv", run.progress.epochs)


def write_report(run: Run, bundle: Bundle, written: Ranking) -> Path:
    """Both reports; ``written`` is how the bundle as it lies there ranks the held-out.

    Returns the path of the readable one.
    """
    facts = _facts(run, bundle, written)
    text = json.dumps(facts, indent=2, default=str, ensure_ascii=False) + "\n"
    (run.folder / "report.json").write_text(text, "utf-8")
    path = run.folder / "report.md"
    path.write_text(_markdown(run, bundle, written), "utf-8")
    return path


def write_card(run: Run, bundle: Bundle, written: Ranking) -> None:
    """``card.md`` of the bundle: data, protocol, figures, limits."""
    (bundle.directory / "card.md").write_text(_card(run, bundle, written), "utf-8")


def curve(values: Sequence[float]) -> str:
    """A line of bars, low to high, at most 48 wide; empty for nothing."""
    if not values:
        return ""
    width = min(_BINS, len(values))
    cuts = [round(k * len(values) / width) for k in range(width + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(cuts)]
    low, high = min(means), max(means)
    span = high - low or 1.0
    return "".join(_BARS[1 + round((m - low) / span * (len(_BARS) - 2))] for m in means)


def _pooling(manifest: Manifest) -> str:
    if words := manifest.visual_words:
        return f"{words.words} visual words at stride {manifest.feature_stride or 'of the end'}"
    return f"{manifest.pooling} over {manifest.grid[0]} x {manifest.grid[1]} cells"


def _facts(run: Run, bundle: Bundle, written: Ranking) -> dict[str, object]:
    progress, prepared = run.progress, run.prepared
    return {
        "bundle": bundle.name,
        "licence": bundle.manifest.licence.spdx,
        "bytes": sum(entry.bytes for entry in bundle.manifest.files),
        "recipe": prepared.recipe.model_dump(),
        "inputs": prepared.inputs,
        "data": [
            {"name": d.name, "rows": len(d), "sha256": d.sha256, "licence": d.rights.licence}
            for d in prepared.datasets
        ],
        "pictures": {"train": len(prepared.split.train), "held out": len(prepared.among.examples)},
        "classes": prepared.sampler.classes,
        "best_epoch": progress.best_epoch,
        "stopped": progress.stopped,
        "seconds": progress.seconds,
        "device": str(run.parts.device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "epochs": progress.epochs,
        "written": {"top1": written.top1, "map": written.map, "queries": written.queries},
    }


def _markdown(run: Run, bundle: Bundle, written: Ranking) -> str:
    progress, prepared = run.progress, run.prepared
    losses = [line["loss"] for line in progress.losses]
    size = sum(entry.bytes for entry in bundle.manifest.files) / 1e6
    ended = progress.stopped or "all steps done"
    return f"""# {bundle.name}

Recipe **{prepared.recipe.name}**, {progress.step} steps in {progress.seconds / 60:.1f} minutes on
{run.parts.device} with {torch.get_num_threads()} threads; {ended}. Best epoch
{progress.best_epoch}. {size:.1f} MB, {bundle.manifest.licence.spdx}.

{_data_table(run)}

Loss `{curve(losses)}`
{f"from {losses[0]:.2f} to {losses[-1]:.2f}" if losses else "no step was made"}

## Held-out individuals

{_epoch_table(progress.epochs)}

The bundle as written (half precision, {_way(run)}): {written}.

Leave one out over {len(prepared.among.examples)} pictures; frames of the query's own sighting and
near copies are not in the gallery, nor is another flank. Epoch 0 is the network that training
started from, its pooled features compared as they are.

Inputs: recipe `{prepared.inputs["recipe"][:16]}`, data `{prepared.inputs["data"][:16]}`.
"""


def _card(run: Run, bundle: Bundle, written: Ranking) -> str:
    first = run.progress.epochs[0]
    manifest, species = bundle.manifest, sorted({e.family for e in run.prepared.among.examples})
    return f"""# {bundle.name}

A rosette embedding: crops of an animal to vectors of {manifest.dim} numbers in which two pictures
of one flank are near each other. Trained with `reid train --recipe {run.prepared.recipe.name}`.

- **Network**: {manifest.architecture}, input {manifest.preprocessing.input_px}, pooling
  {_pooling(manifest)}, linear head; {_way(run)};
  half precision.
- **Licence**: {manifest.licence.spdx}. {manifest.licence.note}
- **Trained on**: {manifest.origin.trained_on}.
- **Held-out individuals** ({", ".join(species) or "none"}; another sighting, same flank):
  {written}; the network it started from {first["top1"]:.3f} and {first["map"]:.3f}.
- **Good for**: proposing candidates. A high cosine is no evidence of sameness by itself.
- **Limits**: figures on other species, real pictures and light are those of `reid evaluate`, not
  these; the two flanks of an animal have nothing in common here; the background must be masked
  out as in training (`crop.background` is `{manifest.preprocessing.crop.background}`).
"""


def _way(run: Run) -> str:
    share = run.prepared.recipe.schedule.interpolate
    if share == 1:
        return "weights as trained"
    return f"backbone {share:g} of the way from where it started to where it was trained"


def _data_table(run: Run) -> str:
    lines = ["| data | pictures that train | individuals | licence |", "|---|---|---|---|"]
    for dataset in run.prepared.datasets:
        own = [e for e in run.prepared.split.train if e.of.dataset == dataset.name]
        count = len({e.of.identity for e in own})
        lines.append(f"| {dataset.name} | {len(own)} | {count} | {dataset.rights.licence} |")
    return "\n".join(lines)


def _epoch_table(epochs: Sequence[Numbers]) -> str:
    lines = ["| epoch | step | loss | top-1 | mAP | minutes |", "|---|---|---|---|---|---|"]
    for line in epochs:
        minutes = line["seconds"] / 60
        lines.append(
            f"| {line['epoch']:.0f} | {line['step']:.0f} | {line['loss']:.3f} | {line['top1']:.3f} "
            f"| {line['map']:.3f} | {minutes:.1f} |"
        )
    return "\n".join(lines)


def _csv(path: Path, lines: Sequence[Numbers]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]) if lines else ["step"])
        writer.writeheader()
        writer.writerows(lines)
