"""What a bundle says of itself: ``manifest.json``, read strictly.

An unknown key is an error with the nearest known one, so that a misspelt setting can never be
silently ignored (the weights would then run under other preprocessing than their author meant).
"""

from __future__ import annotations

import difflib
import re
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from reid.errors import WeightsAlteredError

Kind = Literal["own", "third-party", "hub"]
_SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "own": (".safetensors",),
    "third-party": (".pth", ".pt", ".safetensors", ".onnx"),
    "hub": (),
}
_Unit = Annotated[float, Field(ge=0.0, le=1.0)]
_Spread = Annotated[float, Field(gt=0.0, le=1.0)]
_Cells = Annotated[int, Field(ge=1, le=16)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileEntry(_Strict):
    """One file: where it lies, and its sha256 and size.

    ``path`` is relative, with forward slashes: to the bundle's directory, or for third-party
    weights to the directory that holds the bundles.
    """

    path: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0)]

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        parts = PurePosixPath(value).parts
        outside = not parts or value.startswith("/") or ".." in parts
        if outside or re.search(r"[\\\x00:]", value):
            raise ValueError(f"expected a relative path that stays inside, found {value!r}")
        return value


class CropPolicy(_Strict):
    """How an animal is cut out of its picture before it is embedded.

    ``margin`` is added on every side, as a share of the box; ``background`` ``"grey"`` paints
    what the mask leaves out in the mean colour (``"keep"``: off); ``contrast`` equalises the
    lightness of ``"infrared"`` pictures, of ``"all"``, or of ``"none"`` (off); ``focus``
    ``"trunk"`` draws the box to the thick part of the outline, so that raised tails and lowered
    heads do not move the coat within it (``"animal"``: off).
    """

    margin: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    background: Literal["keep", "grey"] = "keep"
    contrast: Literal["none", "infrared", "all"] = "none"
    focus: Literal["animal", "trunk"] = "animal"


class Preprocessing(_Strict):
    """From a crop to the network's input.

    ``input_px`` is the side of the square input; ``resize`` says how the crop becomes a square:
    ``"stretch"`` it, ``"pad"`` the shorter side with the mean colour, or ``"centre"``, cut.
    ``mean`` and ``std`` are for RGB in [0, 1].
    """

    input_px: Annotated[int, Field(ge=16, le=2048)]
    mean: tuple[_Unit, _Unit, _Unit]
    std: tuple[_Spread, _Spread, _Spread]
    interpolation: Literal["bilinear", "bicubic", "lanczos"] = "bicubic"
    resize: Literal["stretch", "pad", "centre"] = "stretch"
    crop: CropPolicy = CropPolicy()


class Licence(_Strict):
    """SPDX identifier, and in words what it asks of the user."""

    spdx: Annotated[str, Field(min_length=1)]
    note: str = ""


class Origin(_Strict):
    """Where the weights are from and what they were trained on."""

    source: str
    package: str = ""
    url: str = ""
    trained_on: str = ""


class KeyRenaming(_Strict):
    """How a third party's tensor names become timm's (`reid.weights.rename`)."""

    rule: Literal["efficientnet-pytorch", "mobilenetv2-torchvision"]
    stage_blocks: tuple[Annotated[int, Field(ge=1)], ...]


class VectorHead(_Strict):
    """What lies between the pooled features and the vector: numbers only, never code.

    ``kind`` ``"linear"``: ``vector = weight @ pooled + bias``, from the tensors
    ``vector_head.weight`` (dim, width) and ``vector_head.bias`` (dim); ``width`` is what the
    network pools. A batch-normalisation neck is folded into it when the bundle is written.
    """

    kind: Literal["linear"]
    width: Annotated[int, Field(ge=1, le=65536)]


class VisualWords(_Strict):
    """Pooling by visual words (`reid.embed.residuals`).

    ``words`` of them, over local features of ``dim`` numbers, each with its place weighed by
    ``position`` (0: where a mark is does not count). Their tensors are ``residuals.*``.
    """

    words: Annotated[int, Field(ge=1, le=4096)]
    dim: Annotated[int, Field(ge=1, le=4096)]
    position: Annotated[float, Field(ge=0.0, le=100.0)]


class Manifest(_Strict):
    """A bundle's manifest.

    ``pooling`` is timm's ``global_pool``, ``"native"`` the architecture's own, ``"gem"`` the
    generalised mean of a feature map with ``gem_power`` (Radenovic et al. 2019; 1 is the mean),
    over each cell of ``grid`` (rows, columns; more than one keeps where on the coat a mark is),
    ``"words"`` as ``visual_words`` says. ``feature_stride`` takes the feature map that is so many
    times smaller than the input, and leaves out the layers after it (0: the last features).
    ``dim`` is the length of the vector (0: the bundle gives none), after ``head`` where there is
    one; ``classes`` the number of logits of its classifier head (0: none).
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    version: str
    kind: Kind
    architecture: Annotated[str, Field(min_length=1)]
    pooling: Literal["avg", "max", "token", "native", "gem", "words"] = "avg"
    gem_power: Annotated[float, Field(ge=1.0, le=16.0)] = 3.0
    grid: tuple[_Cells, _Cells] = (1, 1)
    visual_words: VisualWords | None = None
    feature_stride: Literal[0, 2, 4, 8, 16, 32] = 0
    head: VectorHead | None = None
    dim: Annotated[int, Field(ge=0, le=65536)]
    classes: Annotated[int, Field(ge=0, le=100_000)] = 0
    preprocessing: Preprocessing
    licence: Licence
    origin: Origin
    files: tuple[FileEntry, ...] = ()
    key_renaming: KeyRenaming | None = None
    calibration: FileEntry | None = None

    @model_validator(mode="after")
    def _grid_is_of_gem(self) -> Self:
        if self.grid != (1, 1) and self.pooling != "gem":
            raise ValueError(f"grid {self.grid}: only pooling 'gem' has one, not {self.pooling!r}")
        return self

    @model_validator(mode="after")
    def _words_are_of_words(self) -> Self:
        if (self.visual_words is None) == (self.pooling == "words"):
            raise ValueError(f"pooling {self.pooling!r} with visual_words {self.visual_words}")
        if self.classes and self.feature_stride:
            raise ValueError("feature_stride leaves the classifier out: classes must be 0")
        return self

    @model_validator(mode="after")
    def _files_fit_kind(self) -> Self:
        if bool(self.files) == (self.kind == "hub"):
            raise ValueError(f"kind {self.kind!r} with {len(self.files)} files")
        for entry in self.files:
            if PurePosixPath(entry.path).suffix not in _SUFFIXES[self.kind]:
                allowed = ", ".join(_SUFFIXES[self.kind])
                raise ValueError(
                    f"kind {self.kind!r}: expected a file of kind {allowed}, found {entry.path!r}"
                )
        return self


def parse_manifest(text: str | bytes, *, source: str) -> Manifest:
    """Read a manifest; ``source`` names it in messages.

    Raises:
        WeightsAlteredError: with every fault, and for an unknown key the nearest known one.
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(_say(dict(fault)) for fault in error.errors(include_url=False))
        raise WeightsAlteredError(
            f"{source}: not a manifest that this version can read: {faults}. Restore the bundle, "
            "or mend the manifest as weights/README.md describes"
        ) from error


def _say(fault: dict[str, object]) -> str:
    location = fault["loc"] if isinstance(fault["loc"], tuple) else ()
    where = ".".join(str(part) for part in location) or "manifest"
    if fault["type"] != "extra_forbidden":
        return f"{where}: {fault['msg']}"
    near = difflib.get_close_matches(str(location[-1]), _known_keys(), n=3)
    hint = f", did you mean {' or '.join(near)}?" if near else ""
    return f"{where}: unknown key{hint}"


def _known_keys() -> list[str]:
    models: tuple[type[_Strict], ...] = (Manifest, VectorHead, Preprocessing, CropPolicy, Licence)
    models += (VisualWords, Origin, FileEntry, KeyRenaming)
    return sorted({name for model in models for name in model.model_fields})
