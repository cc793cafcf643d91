"""What a run begins from beside its pictures, frozen with them: the champion and every setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from reid.errors import InputsChangedError
from reid.registry.default import configured
from reid.weights import Bundle
from training.lab.recipe import LabRecipe, read_lab_recipe
from training.learn.recipe import Recipe, read_recipe

Settings = TypeVar("Settings", bound=BaseModel)
WORDS = {"name", "note"}
"""What a recipe says of itself: no weights follow from it."""


@dataclass(frozen=True, slots=True)
class Start:
    """``champion`` in words and by the sha256 of its content, as the registry names bundles;
    ``recipe``: its settings; ``network``: those by which it trains a network, {} where it does not.
    """

    champion: str
    champion_sha256: str
    recipe: Mapping[str, Any] = field(repr=False)
    network: Mapping[str, Any] = field(repr=False)

    def lab_recipe(self) -> LabRecipe:
        """The recipe.

        Raises:
            InputsChangedError: this version of the code has other settings.
        """
        return _validated(LabRecipe, self.recipe)

    def network_recipe(self) -> Recipe | None:
        """How the network is trained; None where it stays.

        Raises:
            InputsChangedError: this version of the code has other settings.
        """
        return _validated(Recipe, self.network) if self.network else None

    def check_champion(self, bundle: Bundle, whence: str = "") -> None:
        """Refuse another champion; ``whence`` says where it was found.

        Raises:
            InputsChangedError: saying which was expected and what to do.
        """
        found = content_of_bundle(bundle)
        if found != self.champion_sha256:
            raise InputsChangedError(
                f"{whence}expected the champion {self.champion} ({self.champion_sha256[:12]}), "
                f"with which this training set was frozen, found {_label(bundle)} "
                f"({found[:12]}); leave --init out to take it from the registry, or name its "
                "folder with --init; to begin from another bundle freeze a new set (another --out)"
            )

    def check_recipe(
        self, recipe: LabRecipe, network: Recipe | None = None, whence: str = ""
    ) -> None:
        """Refuse a recipe of other settings, or another one for its network, whatever they are
        called.

        Raises:
            InputsChangedError: naming the settings that differ.
        """
        own = self.lab_recipe()
        differing = _differing(own, recipe)
        frozen = self.network_recipe()
        if network is not None and frozen is not None:
            differing += _differing(frozen, network)
        if differing:
            raise InputsChangedError(
                f"{whence}expected the recipe {own.name}, with which this training set was "
                f"frozen, found {recipe.name} with {', '.join(differing)}; leave --recipe out to "
                "train by the frozen one, or freeze a new set (another --out)"
            )


def start_of(champion: Bundle, recipe: LabRecipe) -> Start:
    """As it is frozen with a set.

    Raises:
        ConfigError: the recipe trains a network by one that is none.
    """
    network = network_of(recipe)
    told = network.model_dump(mode="json") if network is not None else {}
    sha256 = content_of_bundle(champion)
    return Start(_label(champion), sha256, recipe.model_dump(mode="json"), told)


def network_of(recipe: LabRecipe) -> Recipe | None:
    """The recipe by which it trains a network, as it is now; None where it does not.

    Raises:
        ConfigError: it names none.
    """
    return read_recipe(recipe.training) if recipe.learn == "network" else None


def recipe_of(start: Start | None, wanted: str, default: str = "lab-head") -> LabRecipe:
    """The frozen recipe; of a set without one the ``wanted`` (a name or TOML file), or the usual.

    Raises:
        InputsChangedError: another one is wanted than was frozen.
        ConfigError: the wanted one is none.
    """
    if start is None:
        return read_lab_recipe(wanted or default)
    if wanted:
        recipe = read_lab_recipe(wanted)
        start.check_recipe(recipe, network_of(recipe), f"--recipe {wanted}: ")
    return start.lab_recipe()


def content_of_bundle(bundle: Bundle) -> str:
    """The sha256 of a bundle's content: as it is, or would be, registered."""
    return configured(bundle).sha256


def _label(bundle: Bundle) -> str:
    return f"{bundle.name} {bundle.manifest.version}"


def _differing(one: BaseModel, other: BaseModel) -> list[str]:
    """Settings that differ, with both values."""
    a, b = (_flat(m.model_dump(mode="json", exclude=WORDS | {"training"})) for m in (one, other))
    return [f"{key} {b[key]} instead of {a[key]}" for key in a if a[key] != b[key]]


def _flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = value
    return found


def _validated(kind: type[Settings], settings: Mapping[str, Any]) -> Settings:
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors(include_url=False)
        )
        raise InputsChangedError(
            f"the recipe that was frozen with this training set is none of this version's: "
            f"{faults}; train with the version of the set's code_version, or freeze a new set"
        ) from error
