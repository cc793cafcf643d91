"""Where labels come from: a catalogue, tables, or both; rights and places of their pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reid.catalogue import Catalogue
from reid.catalogue.labelled import LabelledAnimals
from reid.errors import ConfigError, InputError
from reid.labels.excluded import LEAST_USABLE
from reid.labels.rights import carried
from reid.survey.licences import stated
from training.data import Dataset, Use, read_dataset
from training.lab.freezing import Rights, freeze
from training.lab.from_catalogue import of_catalogue
from training.lab.hooks import Told, unheard
from training.lab.seen import CATALOGUE, Gathered, Seen, of_table
from training.lab.training_set import Entry, TrainingSet


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What to gather from. ``licence`` (SPDX) is of the catalogue's pictures for which nobody
    stated one ("": `reid.labels.rights.OWN_LICENCE`).
    """

    catalogue: Catalogue | None
    tables: tuple[Dataset, ...] = ()
    licence: str = ""
    _paths: dict[tuple[str, str], Path] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def open(
        cls, catalogue: Catalogue | None, tables: Sequence[Path], licence: str = ""
    ) -> Sources:
        """Read the tables.

        Raises:
            TableError: one that cannot be read.
            InputError: a licence that is none.
            ConfigError: two of one name, one called like the catalogue, or nothing at all.
        """
        read = tuple(read_dataset(path) for path in tables)
        names = [CATALOGUE, *(d.name for d in read)]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ConfigError(
                f"--data: expected tables in folders of different names (none called "
                f"{CATALOGUE!r}), found {', '.join(twice)} twice; rename one folder"
            )
        if catalogue is None and not read:
            raise ConfigError("expected a catalogue or tables to train from, found neither")
        return cls(catalogue, read, stated(licence, "--licence"))

    def gather(self) -> Gathered:
        """Everything that is labelled, with what is left out.

        Raises:
            InputError: a table that may not train.
        """
        found = Gathered((), ())
        if self.catalogue is not None:
            found = found.with_more(of_catalogue(self.catalogue, self.licence))
        for dataset in self.tables:
            found = found.with_more(of_table(dataset))
        return found

    def freeze(
        self,
        folder: Path,
        *,
        seed: int,
        cache: Path | None = None,
        least_usable: float = LEAST_USABLE,
        told: Told = unheard,
    ) -> TrainingSet:
        """Gather and freeze into a folder.

        Raises:
            InputError: nothing labelled, or rights that do not allow it.
        """
        return freeze(
            self.gather(),
            folder,
            rights=self._rights,
            seed=seed,
            cache=cache,
            least_usable=least_usable,
            told=told,
        )

    def media(self, entry: Entry) -> Path:
        """Where the picture of an entry lies; a path that is not there where nobody knows."""
        if entry.source == CATALOGUE and self.catalogue is not None:
            return LabelledAnimals.of(self.catalogue).media_path(entry.media_sha256)
        if not self._paths:
            self._paths.update(
                {(d.name, row.image_id): row.path for d in self.tables for row in d.rows}
            )
        return self._paths.get((entry.source, entry.id), Path(f"{entry.source}/{entry.id}"))

    def check(self, made: TrainingSet) -> None:
        """Refuse a frozen set that has pictures of tables, or a catalogue, that are not here.

        Raises:
            ConfigError: naming them.
        """
        here = {d.name for d in self.tables}
        here |= {CATALOGUE} if self.catalogue is not None else set()
        lacking = sorted({e.source for e in made.entries} - here)
        if lacking:
            raise ConfigError(
                f"expected what the training set was frozen from, {', '.join(made.source_names)}; "
                f"give {' and '.join(_how(name) for name in lacking)}, too"
            )

    def _rights(self, used: Sequence[Seen]) -> Rights:
        """What follows from the licences of what is used: one may be asked for, not two."""
        refused = [d for d in self.tables if not d.rights.may_train]
        if refused:
            names = ", ".join(f"{d.name} ({d.rights.source})" for d in refused)
            raise InputError(
                f"{names}: nobody has said that it may train, or it says `use: evaluation`; leave "
                "it out, or write licence and use into dataset.json beside its table"
            )
        tables = {d.name: d for d in self.tables}
        alike = {d.rights.licence for d in self.tables if d.rights.use is Use.SHARE_ALIKE}
        told, asked = list[Mapping[str, str]](), dict[str, str]()
        counts = Counter((one.source, one.licence) for one in used)
        for (name, licence), pictures in sorted(counts.items()):
            table = tables.get(name)
            sha256 = table.sha256 if table else ""
            one = {"name": name, "sha256": sha256, "licence": licence, "pictures": str(pictures)}
            told.append(one)
            if table is None or table.rights.use is Use.SHARE_ALIKE:
                asked[licence] = name
        licence = carried(asked, {self.licence} - {""}, alike)
        return Rights(tuple(told), licence or "Apache-2.0", Use.SHARE_ALIKE if licence else Use.ANY)


def _how(name: str) -> str:
    return "--from-catalogue" if name == CATALOGUE else f"--data with the table in {name}/"
