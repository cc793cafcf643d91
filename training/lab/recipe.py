"""Recipes for a place's own training, by what its machine has; TOML, read strictly."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reid.errors import ConfigError

FOLDER = Path(__file__).with_name("recipes")
_Count = Annotated[int, Field(ge=0, le=100_000)]


class LabRecipe(BaseModel):
    """How a place's own training is done.

    ``learn``: ``"head"`` fits a head on frozen features, ``"network"`` trains by the ``training``
    recipe (`training.learn.recipe`) from the champion. ``synthetic_individuals`` with
    ``synthetic_pictures`` each are mixed in (0: off), ``reference_individuals`` of another seed
    judge. ``verify_labels`` asks local matches about the most surprising labels. ``same_pairs``
    and ``different_pairs`` at most are scored for evidence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    note: str = ""
    learn: Literal["head", "network"] = "head"
    training: str = ""
    synthetic_individuals: _Count = 24
    synthetic_pictures: Annotated[int, Field(ge=2, le=64)] = 4
    reference_individuals: _Count = 24
    verify_labels: bool = True
    same_pairs: _Count = 400
    different_pairs: _Count = 800
    seed: int = 71


def lab_recipe_names() -> tuple[str, ...]:
    """Those that come with the project."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_lab_recipe(name_or_path: str | Path) -> LabRecipe:
    """One of ours by name, or a TOML file.

    Raises:
        ConfigError: no such recipe, no TOML, an unknown key, or a value outside its range.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FOLDER / f"{name_or_path}.toml"
    if not path.is_file():
        raise ConfigError(
            f"recipe {str(name_or_path)!r}: expected a TOML file or one of "
            f"{', '.join(lab_recipe_names())}"
        )
    try:
        return LabRecipe.model_validate(
            {"name": path.stem} | tomllib.loads(path.read_text(encoding="utf-8"))
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors(include_url=False)
        )
        raise ConfigError(f"{path.name}: {faults}") from error
