"""The section "Retrieval" of docs/results.md: every baseline and fusion on the shared sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reid.embed import use_threads
from training.data import Dataset, read_dataset
from training.evaluation.retrieval.calibrated import calibrated_elsewhere
from training.evaluation.retrieval.figures import RETRIEVAL, retrieval_figures
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.protocol import Protocol, load_protocol
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.retrieval.report import NOTES, setting_report
from training.evaluation.retrieval.running import default_cache, fitted_weights, make_task, predict
from training.evaluation.systems.load import BASELINES, load_system
from training.evaluation.tables import table

LIMITS = (1.5, 0.9, 0.8, 0.75, 0.7)
REFERENCE = "amur-tiger"
"""Fusion weights and calibration for the few leopards are fitted on these stripes."""
WORDS = f"""Made by `reid evaluate run`; protocols are files in `training/evaluation/protocols`.
Everything but the animal's outline is painted over, unless the system says `@box` (all of the box)
or `@background` (all but the animal: a control). A name with `>` puts the shortlist of what stands
before it (20 pictures a query) in the order of what stands behind; `+` is a fusion, weighed on
other individuals. {" ".join(NOTES.split())}"""


def retrieval_report(data: Path, *, threads: int = 1) -> str:
    """All settings as markdown. Hours the first time; what was measured is kept and found again."""
    use_threads(threads)
    tigers, nyala, leopards = (read_dataset(data / n) for n in (REFERENCE, "nyala", "leopard"))
    closed, opened = load_protocol("leave-one-out"), load_protocol("open-set")
    known = run_setting(tigers, closed, threads)
    parts = [setting_report(known), setting_report(run_setting(nyala, closed, threads))]
    parts += [setting_report(run_setting(d, opened, threads)) for d in (tigers, nyala)]
    parts.append(sensitivity_report(tigers, closed, threads))
    few = run_setting(leopards, load_protocol("mirrored-impostors"), threads, known)
    return "\n\n".join([*parts, setting_report(few)])


def run_setting(
    dataset: Dataset,
    protocol: Protocol,
    threads: int,
    reference: list[Prediction] | None = None,
) -> list[Prediction]:
    """Every baseline under one protocol; weights and calibration from ``reference`` if given."""
    task = make_task(dataset, protocol, cache=default_cache(), threads=threads)
    elsewhere = {str(p.about["system"]): p for p in reference or ()}
    weights = {n: fitted_weights(p) for n, p in elsewhere.items() if p.about["fitted"]}
    found = []
    for name in BASELINES:
        said = predict(load_system(name, weights=weights), name, task, dataset, protocol)
        if name in weights:
            dataset_name = elsewhere[name].about["dataset"]
            said = replace(said, about={**said.about, "calibrated_on": dataset_name})
        elif name in elsewhere:
            said = calibrated_elsewhere(said, elsewhere[name])
        found.append(said)
    return found


def sensitivity_report(dataset: Dataset, protocol: Protocol, threads: int) -> str:
    """How much rests on what counts as a near copy, by the first baseline."""
    rows = []
    for limit in LIMITS:
        rule = replace(protocol, near_copies=limit)
        task = make_task(dataset, rule, cache=default_cache(), threads=threads)
        said = predict(load_system(BASELINES[0]), BASELINES[0], task, dataset, rule)
        ranks = ranks_of(said)
        found = retrieval_figures(said, ranks)
        named = "equal files only" if limit > 1 else f"{limit:.2f}"
        rows.append((named, int(ranks.known.sum()), *(str(found[c]) for c in RETRIEVAL)))
    head = ("likeness of near copies", "queries", *RETRIEVAL)
    return f"**{dataset.name}, `{BASELINES[0]}`, by what is a near copy.**\n\n{table(head, rows)}"
