"""Recipes: every choice of a training run in one TOML file, read strictly."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reid.errors import ConfigError

RECIPES = Path(__file__).resolve().parents[1] / "recipes"
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Network(_Strict):
    """What is trained.

    ``init`` is the bundle that training starts from; ``architecture`` a timm name instead, with
    random weights ("": off). ``pooling``, ``gem_power``, ``grid`` and ``focus`` are those of a
    bundle (`reid.weights.manifest`). The ``head`` begins as the ``"principal"`` directions of the
    features that the start gives for the training pictures, so that nothing is lost at the
    beginning, or as ``"random"`` ones. ``train_from`` is the first of the backbone's parts (for
    EfficientNets ``blocks.0`` to ``blocks.6``, then ``conv_head``) whose weights move, earlier
    ones stay; "" moves all, "head" none. ``keep_norm`` keeps the running statistics of the
    backbone's normalisation, whose data were photographs. ``pooling`` ``"words"``
    (`reid.embed.residuals`) has ``words`` visual words over local features of ``word_dim``
    numbers, each with its place weighed by ``position``; they begin as clusters of what the start
    sees of training pictures. ``feature_stride`` ends the backbone at an early, fine map (0: off).
    ``keep_head`` goes on from the words and the head of ``init`` instead of beginning new ones; the
    rest of what is said of the network must then be the bundle's (`training.learn.continuing`).
    ``adapters`` is the rank of what is added to the convolutions from ``train_from`` on while their
    own weights stay (LoRA, Hu et al. 2022; 0: off); the bundle holds their sum.
    """

    init: str = "efficientnet-lite1"
    architecture: str = ""
    input_px: Annotated[int, Field(ge=32, le=1024)] = 240
    pooling: Literal["gem", "avg", "token", "native", "words"] = "gem"
    gem_power: Annotated[float, Field(ge=1.0, le=16.0)] = 3.0
    grid: tuple[Positive, Positive] = (1, 1)
    words: Positive = 128
    word_dim: Positive = 40
    position: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    feature_stride: Literal[0, 2, 4, 8, 16, 32] = 0
    focus: Literal["animal", "trunk"] = "animal"
    dim: Positive = 256
    head: Literal["principal", "random"] = "principal"
    train_from: str = "blocks.4"
    keep_norm: bool = True
    keep_head: bool = False
    adapters: Annotated[int, Field(ge=0, le=256)] = 0


class Batches(_Strict):
    """P flank classes times K pictures a step.

    ``mirrored`` is the share of a batch's classes that are shown flipped, which makes them other
    classes; ``alike`` the share of batches drawn from one family of coats or species, so that
    telling families apart does not help. ``rejected`` is the share of batches of which up to half
    are pairs of classes that people looked at and called two animals (0: off).
    """

    classes: Annotated[int, Field(ge=2)] = 16
    pictures: Annotated[int, Field(ge=2)] = 4
    mirrored: Share = 0.5
    alike: Share = 0.5
    rejected: Share = 0.25


class Losses(_Strict):
    """Weights of the losses (0: off) and their settings.

    ``arcface``: sub-centre ArcFace (Deng et al. 2020), for runs in which each class comes some
    dozens of times, or its centres stay where chance put them; ``contrastive``: supervised
    contrastive (Khosla et al. 2020), which has none; ``stay``: squared distance of the
    backbone's weights to the ones it started from (L2-SP, Li et al. 2018).
    """

    arcface: Annotated[float, Field(ge=0.0)] = 0.0
    arcface_scale: Annotated[float, Field(gt=0.0)] = 24.0
    arcface_margin: Annotated[float, Field(ge=0.0, le=1.5)] = 0.3
    arcface_centres: Positive = 2
    contrastive: Annotated[float, Field(ge=0.0)] = 1.0
    temperature: Annotated[float, Field(gt=0.0)] = 0.1
    stay: Annotated[float, Field(ge=0.0)] = 0.0


class Augmentation(_Strict):
    """Chance of each disturbance for one picture (0: off); see `training.learn.augment`."""

    box: Share = 0.8
    outline: Share = 0.4
    warp: Share = 0.7
    covered: Share = 0.2
    light: Share = 0.6
    grey: Share = 0.2
    haze: Share = 0.1
    blur: Share = 0.2
    small: Share = 0.15
    noise: Share = 0.2
    jpeg: Share = 0.3
    part: Share = 0.15


class Schedule(_Strict):
    """How long and how fast.

    ``steps`` of one batch, in ``epochs`` equal parts; after each the held-out individuals are
    ranked. 0 steps: words and head are fitted to training pictures, and nothing is trained after.
    Learning rates warm up over ``warmup`` of the steps and fall as a cosine to a hundredth.
    ``patience`` epochs without a better mAP end the run. ``interpolate`` is the weight of the
    trained backbone against the one it started from in what is written (WiSE-FT, Wortsman et al.
    2022; 1: off).
    """

    steps: Annotated[int, Field(ge=0)] = 400
    epochs: Positive = 8
    head_rate: Annotated[float, Field(gt=0.0)] = 2e-3
    backbone_rate: Annotated[float, Field(ge=0.0)] = 2e-4
    decay: Annotated[float, Field(ge=0.0)] = 1e-2
    warmup: Share = 0.1
    patience: Positive = 3
    interpolate: Share = 1.0


class HeldOut(_Strict):
    """Individuals that only judge: rows with ``split`` "val" or "test", else this share.

    At most ``pictures`` of them are ranked after each epoch.
    """

    share: Share = 0.15
    pictures: Positive = 800


class Recipe(_Strict):
    """A recipe; ``seed`` fixes every random choice of the run."""

    name: str
    note: str = ""
    seed: int = 0
    network: Network = Network()
    batches: Batches = Batches()
    losses: Losses = Losses()
    augmentation: Augmentation = Augmentation()
    schedule: Schedule = Schedule()
    held_out: HeldOut = HeldOut()

    @property
    def sha256(self) -> str:
        """Of every setting that training depends on, defaults included.

        What a finished run is made into (``schedule.interpolate``) can still be chosen after it.
        """
        told = self.model_dump_json(exclude={"schedule": {"interpolate"}})
        return hashlib.sha256(told.encode()).hexdigest()


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the project."""
    return tuple(sorted(path.stem for path in RECIPES.glob("*.toml")))


def read_recipe(name_or_path: str | Path) -> Recipe:
    """One of ours by name, or a TOML file.

    Raises:
        ConfigError: no such recipe, no TOML, an unknown key (with the nearest known one), or a
            value outside its range.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = RECIPES / f"{name_or_path}.toml"
    if not path.is_file():
        raise ConfigError(
            f"recipe {str(name_or_path)!r}: expected a TOML file or one of "
            f"{', '.join(recipe_names())}"
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Recipe.model_validate({"name": path.stem} | content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(_say(dict(fault)) for fault in error.errors(include_url=False))
        raise ConfigError(f"{path.name}: {faults}") from error


def _say(fault: dict[str, object]) -> str:
    location = fault["loc"] if isinstance(fault["loc"], tuple) else ()
    where = ".".join(map(str, location))
    if fault["type"] != "extra_forbidden":
        return f"{where}: {fault['msg']}"
    near = difflib.get_close_matches(str(location[-1]), _known(), n=2)
    return f"{where}: unknown key{', did you mean ' + ' or '.join(near) + '?' if near else ''}"


def _known() -> list[str]:
    rooms = (Recipe, Network, Batches, Losses, Augmentation, Schedule, HeldOut)
    return sorted({name for room in rooms for name in room.model_fields})
