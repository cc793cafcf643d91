"""What ``reid evaluate`` does, behind its options."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from reid.cli.console import printable, say, show, table_of, words, working
from reid.embed import use_threads
from reid.errors import ConfigError, InputError, WeightsMissingError
from training.data import Dataset, read_dataset
from training.evaluation.retrieval.calibrated import calibrated_elsewhere
from training.evaluation.retrieval.predictions import (
    Prediction,
    read_prediction,
    write_prediction,
)
from training.evaluation.retrieval.protocol import Protocol, load_protocol, protocols
from training.evaluation.retrieval.report import NOTES, flat, grouped, setting_report
from training.evaluation.retrieval.running import (
    default_cache,
    fitted_weights,
    make_task,
    predict,
)
from training.evaluation.systems.compose import System
from training.evaluation.systems.contract import Task
from training.evaluation.systems.fusion import Weights
from training.evaluation.systems.load import BASELINES, HOW, load_system


def predict_one(
    data: Path,
    protocol: str,
    system: str,
    out: Path,
    *,
    fitted: Path | None,
    cache: Path | None,
    threads: int,
) -> None:
    """One system under one protocol into one file."""
    if out.suffix != ".npz":
        raise InputError(f"--out: expected a file ending in .npz, found {out.name}")
    asked = load_system(system, weights=_weights(fitted))
    dataset, rules = read_dataset(data), load_protocol(protocol)
    task = _task(dataset, rules, cache, threads)
    write_prediction(_asked(asked, system, task, dataset, rules), out)
    say(f"written: {out}")


def run_all(
    data: Sequence[Path],
    protocol_names: Sequence[str],
    system_names: Sequence[str],
    out: Path,
    *,
    fitted: Path | None,
    cache: Path | None,
    threads: int,
    replicates: int,
    again: bool,
) -> None:
    """Every dataset under every protocol by every system, then one report of all."""
    weights = _weights(fitted)
    names = list(system_names) or list(BASELINES)
    systems = {name: load_system(name, weights=weights) for name in names}
    rules = [load_protocol(name) for name in protocol_names]
    written = []
    for table in data:
        dataset = read_dataset(table)
        for rule in rules:
            task = None
            for name, system in systems.items():
                path = out / file_name(dataset.name, rule.name, name)
                if again or not path.is_file():
                    task = task or _task(dataset, rule, cache, threads)
                    try:
                        write_prediction(_asked(system, name, task, dataset, rule), path)
                    except (ConfigError, WeightsMissingError) as error:
                        # a fusion with nothing to fit on; a network that was not fetched
                        say(f"left out: {dataset.name}, {rule.name}, {name}: {error}")
                        continue
                written.append(path)
    report_all(written, out, data=data[0] if len(data) == 1 else None, replicates=replicates)


def report_all(
    files: Sequence[Path],
    out: Path,
    *,
    data: Path | None,
    replicates: int,
    calibrated_on: Sequence[Path] = (),
) -> None:
    """report.md, figures.json, plots of every setting; worst mistakes where the data are given."""
    predictions = _carried([read_prediction(path) for path in files], calibrated_on)
    out.mkdir(parents=True, exist_ok=True)
    parts = [setting_report(group, replicates=replicates) for group in grouped(predictions)]
    text = "\n\n".join(["# Evaluation", " ".join(NOTES.split()), *parts]) + "\n"
    (out / "report.md").write_text(text, encoding="utf-8")
    figures = json.dumps(flat(predictions, replicates=replicates), indent=1)
    (out / "figures.json").write_text(figures + "\n", encoding="utf-8")
    _draw(predictions, out, data)
    print("\n".join(printable(line) for line in text.splitlines()))


def _carried(predictions: list[Prediction], references: Sequence[Path]) -> list[Prediction]:
    """Predictions calibrated by those of the same system on another dataset, where given."""
    known = {str(r.about["system"]): r for r in map(read_prediction, references)}
    return [
        p
        if p.is_llr or p.about["system"] not in known
        else calibrated_elsewhere(p, known[p.about["system"]])
        for p in predictions
    ]


def _draw(predictions: Sequence[Prediction], out: Path, data: Path | None) -> None:
    try:
        from training.evaluation.retrieval.plots import draw_setting
    except ImportError as error:
        say(f"no plots: {error.name} is missing; type `pip install 'leopard-reid[training]'`")
        return
    from training.evaluation.retrieval.mistakes import draw_mistakes

    for group in grouped(predictions):
        stem = file_name(group[0].about["dataset"], group[0].about["protocol"], "")
        draw_setting(group, out, stem.removesuffix("-.npz"))
        if data is not None:
            folder = read_dataset(data).root
            for one in group:
                draw_mistakes(one, folder, out / "mistakes")


def tell_names() -> None:
    """Protocols and baselines as tables."""
    known = table_of("protocol", "what it asks")
    for name in protocols():
        known.add_row(words(name), words(load_protocol(name).about))
    show(known, "Systems of the baseline table: " + ", ".join(BASELINES), HOW)


def file_name(dataset: str, protocol: str, system: str) -> str:
    """``nyala-leave-one-out-lite1_to_rootsift.npz``."""
    plain = system.replace(">", "_to_").replace("|", "_or_").replace("+", "_and_")
    return f"{dataset}-{protocol}-{re.sub(r'[^A-Za-z0-9_.@-]', '_', plain)}.npz"


def _task(dataset: Dataset, protocol: Protocol, cache: Path | None, threads: int) -> Task:
    use_threads(threads)
    with working() as told:
        where = cache or default_cache()
        return make_task(dataset, protocol, cache=where, threads=threads, progress=told)


def _asked(
    system: System, name: str, task: Task, dataset: Dataset, protocol: Protocol
) -> Prediction:
    found = predict(system, name, task, dataset, protocol)
    say(f"{dataset.name}, {protocol.name}, {name}: {found.about['seconds']} s")
    return found


def _weights(fitted: Path | None) -> dict[str, Weights] | None:
    """Weights by the system that fitted them."""
    if fitted is None:
        return None
    prediction = read_prediction(fitted)
    return {str(prediction.about["system"]): fitted_weights(prediction)}
