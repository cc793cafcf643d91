"""A whole run: a frozen set, a learnt head, a calibration, the gate, a report. Safe to begin again.

What is costly is kept in the run's folder and the cache as it comes, by content; a run that was
killed does the rest and ends with the same bundle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from reid.config import PipelineConfig
from reid.fuse.calibration import Calibration
from reid.labels.dealing import Part
from reid.pipeline import Engine
from reid.types.checks import require
from reid.weights import Bundle, Licence
from training.data import Dataset
from training.lab.calibrating import drawn_towards
from training.lab.curve import Curve
from training.lab.features import FrozenFeatures, Head, head_of
from training.lab.gate import Gate, judge
from training.lab.gating import NamedSet, look_at, meet, read_references
from training.lab.head import FOLDS, Learned, Pictures, learn_head
from training.lab.hooks import Hooks
from training.lab.judging import Bench, CannotJudgeError, Contender, sighting_llr
from training.lab.network import trained_network
from training.lab.recipe import LabRecipe
from training.lab.report import write_report
from training.lab.suspicious import (
    Suspicion,
    cross_validated,
    nodes_of,
    suspicions,
    verified,
)
from training.lab.synthetic import synthetic_set, synthetic_table
from training.lab.training_set import Entry, TrainingSet, dataset_of
from training.lab.writing import calibrate, write_challenger
from training.learn.recipe import Recipe, read_recipe
from training.learn.rights import licence_of_weights

BUNDLE, SUSPICIOUS = "bundle", "suspicious.json"
LEAST_JUDGING = 3
"""Individuals: one is judged by a model of two others, each of which tries what the other said."""
Media = Callable[[Entry], Path]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a run; ``version`` "": day and hash of its set.

    ``references``: tables on which nothing may be lost. ``override``, ``by``: a person's reason to
    take a refused challenger all the same. ``cache``: what need not be measured twice.
    """

    recipe: LabRecipe
    name: str = "lab"
    version: str = ""
    references: tuple[Path, ...] = ()
    override: str = ""
    by: str = ""
    cache: Path | None = None
    threads: int = 1
    replicates: int = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What a run left in its folder."""

    bundle: Bundle
    gate: Gate
    shrink: float
    suspicions: tuple[Suspicion, ...] = field(repr=False)
    report: Path


class LabRun:
    """One run in a folder that holds a frozen set (`training.lab.training_set`)."""

    def __init__(
        self,
        made: TrainingSet,
        folder: Path,
        media: Media,
        champion: Bundle,
        ask: Ask,
        hooks: Hooks,
    ) -> None:
        self.made, self.folder, self.champion = made, folder, champion
        self.ask, self.hooks, self._media = ask, hooks, media
        self.cache = ask.cache or folder / "cache"
        config = PipelineConfig()
        self.bench = Bench(
            Engine.load(config, threads=ask.threads),
            self.cache,
            ask.threads,
            same_pairs=ask.recipe.same_pairs,
            different_pairs=ask.recipe.different_pairs,
            progress=self._progress,
        )
        self._features = FrozenFeatures(champion, self.cache)
        self._curve = Curve(folder)
        self._references: tuple[NamedSet, ...] = ()

    def go(self) -> Done:
        """Everything, to the report.

        Raises:
            InputError: too few labels of one kind, licences that do not go together, a picture of
                a reference that cannot be used.
            InputsChangedError: another champion or recipe than the set was frozen with.
            WeightsError: the champion's weights cannot be used.
        """
        self._check_start()
        licence = self._licence()
        self._references = read_references(self.ask.references)
        look_at(self.bench, self._references)
        own, train = self._pictures(Part.TRAIN)
        require(len(np.unique(own.classes)) > 1, "expected several flanks to train on")
        doubted = self.suspicions(own, train)
        base = self._base(train)
        learned = self._learn(base, own if base is self.champion else None)
        bundle = self._written(base, learned.head, licence)
        calibration, notes = self._calibration_of_own()
        bundle = calibrate(bundle, calibration)
        gate = self._gate(bundle, calibration, doubted, notes)
        done = Done(bundle, gate, learned.shrink, tuple(doubted), self.folder / "report.md")
        write_report(self.made, learned, gate, doubted, bundle, self.folder)
        return done

    def _check_start(self) -> None:
        if self.made.start is not None:
            self.made.start.check_champion(self.champion)
            self.made.start.check_recipe(self.ask.recipe)

    def _licence(self) -> Licence:
        rights = Dataset("training set", self.folder, (), self._rights(), self.made.sha256)
        return licence_of_weights(self.champion.manifest.licence, [rights])

    def _rights(self) -> Any:
        from training.data import Rights

        return Rights(self.made.licence, self.made.use, "manifest.json")

    def _pictures(self, part: Part) -> tuple[Pictures, Dataset]:
        dataset = dataset_of(self.made, self.folder, self._media, (part,))
        pictures = self.pictures_of(dataset, self.made.of(part))
        return replace(pictures, apart=self.made.sides(part)), dataset

    def pictures_of(
        self, dataset: Dataset, entries: Sequence[Entry], seen_by: FrozenFeatures | None = None
    ) -> Pictures:
        """Pooled features of a part, with what they are of; None: by the network of the run."""
        keys = [f"{e.media_sha256}|{e.box}|{e.mask_sha256}" for e in entries]
        features = seen_by or self._features
        pooled = features.of(dataset.rows, keys, self.hooks.told, self.hooks.check)
        classes = [e.flank_class for e in entries]
        return Pictures(
            pooled,
            np.unique(classes, return_inverse=True)[1].astype(np.int64),
            np.array([e.group for e in entries], dtype=np.int64),
            np.array([e.identity for e in entries], dtype=str),
            np.array([str(e.flank) for e in entries], dtype=str),
        )

    def all_suspicions(self) -> list[Suspicion]:
        """`suspicions` alone, without training anything.

        Raises:
            InputError: too few individuals to judge the labels of one by the others.
        """
        known = len({e.identity for e in self.made.of(Part.TRAIN)})
        require(
            known >= LEAST_JUDGING,
            f"expected sightings of {LEAST_JUDGING} individuals that train, to judge the labels of "
            f"each by the others, found {known}; confirm who is in more sightings",
        )
        return self.suspicions(*self._pictures(Part.TRAIN))

    def suspicions(self, own: Pictures, dataset: Dataset) -> list[Suspicion]:
        """Labels that surprise, most first; also written to ``suspicious.json``.

        They are judged without what people rejected: a wrong label makes that wrong, too.
        """
        kept = self.folder / SUSPICIOUS
        entries = self.made.of(Part.TRAIN)
        names = [e.sighting or f"group-{e.group}" for e in entries]
        nodes = nodes_of(own.identity.tolist(), own.flank.tolist(), names, own.groups)
        parent, own = head_of(self.champion), replace(own, apart=())

        def learn(keep: np.ndarray) -> Head:
            self.hooks.check()
            return learn_head(
                parent, own.of(keep), seed=self.made.seed, check=self.hooks.check
            ).head

        cosines = cross_validated(
            own.pooled, own.identity.tolist(), nodes, learn, seed=self.made.seed
        )
        found = suspicions(cosines, nodes)
        if self.ask.recipe.verify_labels:
            base = self._calibration()
            found = verified(
                found, lambda pairs: sighting_llr(self.bench, dataset, names, base, pairs)
            )
        told = [asdict(s) | {"kind": s.kind, "words": s.words()} for s in found]
        kept.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return found

    def _base(self, train: Dataset) -> Bundle:
        """The champion, or what a recipe that moves the network made of it."""
        recipe = self.ask.recipe
        if recipe.learn == "head":
            return self.champion
        more: list[Path] = []
        if recipe.synthetic_individuals:
            more.append(synthetic_table(recipe, self.cache, self.hooks))
        hooks = Hooks(self.hooks.told, self._point, self.hooks.check)
        return trained_network(
            self._network_recipe(), self.champion, train, more, self.folder, hooks,
            threads=self.ask.threads, apart=self.made.sides(Part.TRAIN),
        )  # fmt: skip

    def _network_recipe(self) -> Recipe:
        start = self.made.start
        frozen = None if start is None else start.network_recipe()
        return frozen or read_recipe(self.ask.recipe.training)

    def _learn(self, base: Bundle, own: Pictures | None) -> Learned:
        if own is None:  # another network sees other features
            self._features = FrozenFeatures(base, self.cache)
            own, _ = self._pictures(Part.TRAIN)
        synthetic = synthetic_set(self.ask.recipe, self.cache, self._features, self.hooks)
        return learn_head(
            head_of(base),
            own,
            synthetic,
            seed=self.made.seed,
            point=self._point,
            check=self.hooks.check,
        )

    def _point(self, line: dict[str, float]) -> None:
        """A point of the curve, on disk before anybody hears of it."""
        self._curve.put(line)
        if "folds" in line:
            self.hooks.told("head", int(line["folds"]), FOLDS)
        self.hooks.point(line)

    def _written(self, base: Bundle, head: Head, licence: Licence) -> Bundle:
        return write_challenger(
            base,
            self.champion,
            head,
            self.made,
            self.folder / BUNDLE,
            recipe=self.ask.recipe.name,
            licence=licence,
            name=self.ask.name,
            version=self.ask.version,
        )

    def _calibration(self) -> Calibration:
        return Contender.of(self.champion, self.bench.engine.fitted()).calibration or (
            self.bench.engine.fitted()
        )

    def _calibration_of_own(self) -> tuple[Calibration, tuple[str, ...]]:
        """The champion's, drawn towards the calibration individuals; a note where it was not."""
        start = self._calibration()
        dataset = dataset_of(self.made, self.folder, self._media, (Part.CALIBRATION,))
        self.hooks.check()
        try:
            apart = self.made.sides(Part.CALIBRATION)
            pairs = self.bench.labelled_pairs("calibration", dataset, apart)
        except CannotJudgeError as error:
            return start, (f"calibration: that of the champion is kept: {error.why}",)
        whose = f"training set {self.made.sha256[:12]}"
        return drawn_towards(start, pairs, whose, self.made.day), ()

    def _gate(
        self,
        bundle: Bundle,
        calibration: Calibration,
        doubted: Sequence[Suspicion],
        notes: Sequence[str],
    ) -> Gate:
        met = meet(
            self.bench,
            dataset_of(self.made, self.folder, self._media, (Part.HELD_OUT,)),
            self.ask.recipe,
            self._references,
            (Contender(self.champion, self._calibration()), Contender(bundle, calibration)),
            cache=self.cache,
            hooks=self.hooks,
            replicates=self.ask.replicates,
        )
        return judge(
            met.compared.lines,
            champion=f"{self.champion.name} {self.champion.manifest.version}",
            challenger=f"{bundle.name} {bundle.manifest.version}",
            omitted=(*met.compared.omitted, *notes),
            unjudged=met.unjudged,
            contradicted=sum(s.contradicted for s in doubted),
            sightings=len(doubted),
            override=self.ask.override,
            by=self.ask.by if self.ask.override else "",
        )

    def _progress(self, stage: str, done: int, of: int) -> None:
        self.hooks.check()
        self.hooks.told(stage, done, of)
