"""The section "Retrieval" of docs/results.md: all systems on the shared sets, in one run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reid.embed import use_threads
from reid.pipeline import Engine
from training.data import Dataset, read_dataset
from training.evaluation.retrieval.calibrated import calibrated_elsewhere
from training.evaluation.retrieval.chance import chance_top_1
from training.evaluation.retrieval.evidence import (
    evidence_of,
    evidence_report,
    learning_report,
    named,
)
from training.evaluation.retrieval.figures import OPEN, RETRIEVAL, open_figures, retrieval_figures
from training.evaluation.retrieval.lent import lend
from training.evaluation.retrieval.places import places_report
from training.evaluation.retrieval.predictions import Prediction, of_queries
from training.evaluation.retrieval.protocol import Protocol, load_protocol
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.retrieval.report import NOTES, cell, retrieval_table, setting_report
from training.evaluation.retrieval.running import default_cache, fitted_weights, make_task, predict
from training.evaluation.swapped import swapped_report
from training.evaluation.systems.contract import Task
from training.evaluation.systems.load import BASELINES, CONTROLS, FURTHER, LEARNED, load_system
from training.evaluation.tables import table

SEED = 20
LIMITS = (1.5, 0.9, 0.8, 0.75, 0.7)
REFERENCE = "amur-tiger"
"""Fusion weights and calibration for the few leopards are fitted on these stripes."""
REPLICATES = 400
CONTROL_QUERIES = 200  # of those controls that vote: every query of them costs a second
OPEN_QUERIES = 240
OPENED = ("lite1", "lnbnn", "lnbnn>rootsift", "lite1+lnbnn+rootsift", "lite1~+lnbnn~+rootsift")
SHORT = 10
"""Pictures a query that a learned matcher looks at."""
WORDS = f"""Made by `reid evaluate run`; protocols are files in `training/evaluation/protocols`.
Everything but the animal's outline is painted over, unless the system says `@box` (all of the box)
or `@background` (all but the animal: a control). A name with `>` puts the shortlist of what stands
before it (20 pictures a query) in the order of what stands behind; `+` is a fusion, weighed on
other individuals; `~` tells a score in standard deviations above what both pictures get from the
whole catalogue; `*` moves up what a chain of two of a fusion's own links supports (the first place
and the evidence of pairs stay). Every picture of these sets is in colour by `reid.image`, so
nothing here is said of infrared; docs/evaluation.md has it on synthetic pictures.
{" ".join(NOTES.replace("1,000", "400").split())}"""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A dataset under a protocol: what is asked, and all answers so far, by system."""

    dataset: Dataset
    protocol: Protocol
    task: Task = field(repr=False)
    said: Mapping[str, Prediction] = field(repr=False)

    @property
    def predictions(self) -> list[Prediction]:
        """In the order of the table."""
        return list(self.said.values())


def retrieval_report(data: Path, *, threads: int = 1) -> str:
    """All tables as markdown. Hours the first time; what was measured is kept and found again."""
    use_threads(threads)
    began = time.process_time()
    tigers, nyala, leopards = (read_dataset(data / n) for n in (REFERENCE, "nyala", "leopard"))
    closed, mirrored = load_protocol("leave-one-out"), load_protocol("mirrored-impostors")
    many = [run_setting(d, closed, threads) for d in (tigers, nyala)]
    few = run_setting(leopards, mirrored, threads, many[0].predictions)
    settings = [*many, few]
    sampled = {"nyala": load_protocol("sampled"), "leopard": without_pairs(mirrored)}
    opened = replace(
        load_protocol("open-set"), queries=OPEN_QUERIES, same_pairs=400, different_pairs=800
    )
    parts = [
        *(setting_report(s.predictions, replicates=REPLICATES) for s in settings),
        *(open_report(run_setting(s.dataset, opened, threads, names=OPENED)) for s in many),
        sensitivity_report(tigers, closed, threads),
        CONTROLS_WORDS,
        controls_report(settings),
        PLACES_WORDS,
        *places_reports(many),
        SWAPPED_WORDS,
        swapped_report(Engine.load(threads=threads), data, seed=SEED),
        *evidence_reports(settings),
        LEARNED_WORDS,
        *(learned_report(s, sampled[s.dataset.name]) for s in (many[1], few)),
    ]
    minutes = (time.process_time() - began) / 60
    parts.append(
        f"This section took {minutes:.0f} minutes of one core, with what earlier runs had kept."
    )
    return "\n\n".join(parts)


def without_pairs(protocol: Protocol) -> Protocol:
    """The same queries, and no pairs: for systems whose scores of pairs nobody asks for."""
    return replace(protocol, same_pairs=0, different_pairs=0)


def run_setting(
    dataset: Dataset,
    protocol: Protocol,
    threads: int,
    reference: Sequence[Prediction] = (),
    names: Sequence[str] | None = None,
) -> Setting:
    """Every baseline (or ``names``) under one protocol; weights and calibration from
    ``reference`` if given.
    """
    task = make_task(dataset, protocol, cache=default_cache(), threads=threads)
    elsewhere = {str(p.about["system"]): p for p in reference}
    weights = {n: fitted_weights(p) for n, p in elsewhere.items() if p.about["fitted"]}
    found = {}
    for name in BASELINES if names is None else names:
        said = predict(load_system(name, weights=weights), name, task, dataset, protocol)
        if name in weights:
            dataset_name = elsewhere[name].about["dataset"]
            said = replace(said, about={**said.about, "calibrated_on": dataset_name})
        elif name in elsewhere:
            said = calibrated_elsewhere(said, elsewhere[name])
        found[name] = said
        print(f"{dataset.name}, {protocol.name}, {name}: {said.about['seconds']} s", flush=True)
    return Setting(dataset, protocol, task, found)


LEARNED_WORDS = f"""### Learned matchers

On a sample of the queries, each system on the same ones; matchers put the {SHORT} best of `lnbnn`
in order. Other systems answer as in the tables above. On tigers see "Matchers on look-alikes"."""


def learned_report(setting: Setting, protocol: Protocol) -> str:
    """The learned matchers beside all other systems, on a sample of the queries."""
    task = make_task(
        setting.dataset, protocol, cache=setting.task.cache, threads=setting.task.threads
    )
    lend(setting.task, task)
    own = []
    for name in ("lnbnn>rootsift", *LEARNED):
        system = load_system(name, length=SHORT)
        own.append(predict(system, f"{name} ({SHORT})", task, setting.dataset, protocol))
    ids = own[0].queries.id
    others = [of_queries(p, ids) for p in setting.predictions]
    about = {k: own[0].about[k] for k in ("protocol", "protocol_about")}
    others = [replace(p, about={**p.about, **about}) for p in others]
    return retrieval_table([*others, *own], replicates=REPLICATES)


def open_report(setting: Setting) -> str:
    """Retrieval and open-set figures of a sample of the queries."""
    head = retrieval_table(setting.predictions, replicates=REPLICATES)
    rows = []
    for name, said in setting.said.items():
        found = open_figures(said, ranks_of(said), replicates=REPLICATES)
        rows.append((cell(name), *(str(found[c]) for c in OPEN)))
    return f"{head}\n\n{table(('system', *OPEN), rows)}"


def sensitivity_report(dataset: Dataset, protocol: Protocol, threads: int) -> str:
    """How much rests on what counts as a near copy, by the cheapest system."""
    rows, name = [], "lite1"
    for limit in LIMITS:
        rule = without_pairs(replace(protocol, near_copies=limit))
        task = make_task(dataset, rule, cache=default_cache(), threads=threads)
        said = predict(load_system(name), name, task, dataset, rule)
        ranks = ranks_of(said)
        found = retrieval_figures(said, ranks, replicates=REPLICATES)
        likeness = "equal files only" if limit > 1 else f"{limit:.2f}"
        rows.append((likeness, int(ranks.known.sum()), *(str(found[c]) for c in RETRIEVAL)))
    head = ("likeness of near copies", "queries", *RETRIEVAL)
    return f"**{dataset.name}, `{name}`, by what is a near copy.**\n\n{table(head, rows)}"


CONTROLS_WORDS = f"""### Controls: the background alone

top-1 of systems that see all but the animal, beside what chance gives: the same proposals with the
names dealt anew among sightings of one side ({2000:,} times; mean and 95 %). Votes are asked for
{CONTROL_QUERIES} queries. Above the interval the background (one place, one day, or hairs that the
outline leaves) tells something of who is in front of it, and a system that saw the whole box could
profit."""


def controls_report(settings: Sequence[Setting]) -> str:
    """Background-only top-1 beside its chance interval, and the whole box's gain."""
    head = ("set", "control", "queries", "top-1", "by chance", "within")
    rows = [row for setting in settings for row in _controls(setting)]
    return table(head, rows)


def _controls(setting: Setting) -> list[tuple[object, ...]]:
    whole = next(iter(setting.said.values()))
    rows: list[tuple[object, ...]] = []
    for name in CONTROLS:
        rule = without_pairs(setting.protocol)
        if "lnbnn" in name:
            rule = replace(rule, queries=CONTROL_QUERIES)
        task = make_task(
            setting.dataset, rule, cache=setting.task.cache, threads=setting.task.threads
        )
        said = predict(load_system(name), name, task, setting.dataset, rule)
        ranks = ranks_of(said)
        found = retrieval_figures(said, ranks, replicates=REPLICATES)["top-1"]
        luck = chance_top_1(said, whole)
        within = "yes" if luck.low <= found.value <= luck.high else "no"
        asked = int(ranks.known.sum())
        rows.append((setting.dataset.name, cell(name), asked, found, luck, within))
    return rows


PLACES_WORDS = """How much that is worth to systems that see the animal alone: right pictures whose
background (`lite1@background`) is more like the query's than that of 99.9, 99 or 90 % of the pairs
of different individuals are left out, wrong ones all stay. A set that stays as it was does not rest
on places, days and videos; one that falls does, or its pictures of other days are harder."""


def places_reports(settings: Sequence[Setting]) -> list[str]:
    """The votes, the shortlists and the fusions, apart from places."""
    chosen = ("lite1", "lnbnn", "lnbnn>rootsift", BASELINES[-1])
    parts = []
    for s in settings:
        said = [s.said[name] for name in dict.fromkeys(chosen) if name in s.said]
        rows = places_report(s.task, said, replicates=REPLICATES)
        parts.append(f"**{s.dataset.name}.**\n\n{rows}")
    return parts


SWAPPED_WORDS = """### Controls: other backgrounds

Each labelled leopard frame is cut out by its outline (soft edge) and painted before another frame's
background, from which the animal was removed; then everything runs anew. Once every frame gets
another background, once all get the same, on which different animals share all but the coat; with
the box told, and searched for, where a pasted animal may not be found. Verdicts are those of
`reid.compare` on the pairs of "Leopards, pair by pair", mirrored pictures included."""


def evidence_reports(settings: Sequence[Setting]) -> list[str]:
    """What the evidence of pairs is worth on animals and species that fitted nothing."""
    found = {
        s.dataset.name: evidence_of(s.task, next(iter(s.said.values())), FURTHER) for s in settings
    }
    fitting = {s.dataset.name: found[s.dataset.name] for s in settings[:-1]}
    words = f"""### Evidence on other animals and species

*product*: the llr as it ships, fitted on synthetic leopards only. *product and normed*: with
{named(FURTHER)}, which need a catalogue. "And its own other individuals": the shipped calibration
moved by labelled pairs of other individuals of the same set (`training/calibration/adapt.py`);
"and {REFERENCE}": moved by all tigers. *Fair*: both pictures are usable to 0.2 or more."""
    curve = """How many known individuals a catalogue needs for that (product and normed; means of
ten draws from the other individuals; 0 is the shipped calibration alone):"""
    every = evidence_report(found, REFERENCE, replicates=REPLICATES)
    return [words, every, curve, learning_report(fitting, seed=SEED)]
