"""Finding bundles: a directory with ``manifest.json`` in the weights root."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reid.errors import WeightsAlteredError, WeightsError, WeightsMissingError
from reid.weights.manifest import CropPolicy, Manifest, parse_manifest
from reid.weights.places import ROOT_VARIABLE, bundle_roots, shipped_root, weights_root

DEFAULT_BUNDLE = "rosette-words"
"""The embedding, unless another is asked for."""
SPECIES_BUNDLE = "efficientnet-lite1"
"""The ImageNet classifier that tells leopards from other species, and the flank head's features."""
HOW_TO_FETCH = "run `reid weights fetch` (in a clone: `make weights`)"
MAX_MANIFEST_BYTES = 1 << 20  # a manifest is a page of text; anything bigger is not one
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A manifest and the directory it lies in."""

    directory: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.manifest.name

    @property
    def root(self) -> Path:
        """The directory that the manifest's file paths start from.

        Packages are never fetched into an installed package, but beside the user's own bundles.
        """
        if self.manifest.kind != "third-party":
            return self.directory
        shipped = self.directory.parent == shipped_root().resolve()
        return weights_root() if shipped else self.directory.parent

    def with_crop(self, policy: CropPolicy) -> Bundle:
        """The same weights under another crop policy, and so under another fingerprint."""
        preprocessing = self.manifest.preprocessing.model_copy(update={"crop": policy})
        manifest = self.manifest.model_copy(update={"preprocessing": preprocessing})
        return replace(self, manifest=manifest)


@dataclass(frozen=True, slots=True)
class BundleListing:
    """A directory of the weights root: a bundle, or the problem that keeps it from being one."""

    name: str
    bundle: Bundle | None
    problem: str = ""


def load_bundle(name_or_path: str | Path = DEFAULT_BUNDLE) -> Bundle:
    """Read a bundle's manifest; the weights themselves are read by ``load_state_dict``.

    ``name_or_path`` is a bundle of the weights root, a hub or timm name that one of them
    declares (``hf-hub:BVRA/MegaDescriptor-L-384``), or the path of a bundle's directory.

    Raises:
        WeightsMissingError: no such bundle; the message lists those that are there.
        WeightsAlteredError: a manifest that cannot be read.
    """
    if isinstance(name_or_path, Path) or _is_path(name_or_path):
        return _read(Path(name_or_path).expanduser())
    for root in bundle_roots():
        if (root / name_or_path / _MANIFEST).is_file():
            return _read(root / name_or_path)
    return _by_architecture(name_or_path)


def list_bundles(root: Path | None = None) -> tuple[BundleListing, ...]:
    """Every bundle of ``root`` (default: wherever bundles are looked for), by name; a broken one
    says why.
    """
    named: dict[str, Path] = {}
    for place in bundle_roots() if root is None else (root,):
        for directory in _directories(place):
            named.setdefault(directory.name, directory)
    return tuple(_listing(named[name]) for name in sorted(named))


def fingerprint(bundle: Bundle, *, state_sha256: str = "") -> str:
    """16 hex digits over architecture, pooling, preprocessing and the files' hashes.

    Vectors may be compared only under equal fingerprints. ``state_sha256`` stands in for file
    hashes where a hub delivers the weights (``reid.weights.state_sha256``).
    """
    manifest = bundle.manifest
    facts: dict[str, Any] = {
        "architecture": manifest.architecture,
        "pooling": manifest.pooling,
        "dim": manifest.dim,
        "preprocessing": manifest.preprocessing.model_dump(mode="json"),
        "files": [entry.sha256 for entry in manifest.files],
        "renaming": manifest.key_renaming and manifest.key_renaming.model_dump(mode="json"),
        "state": state_sha256,
    }
    if manifest.pooling == "gem":
        facts["gem"] = manifest.gem_power, manifest.grid
    if manifest.visual_words:
        facts["words"] = manifest.visual_words.model_dump(mode="json")
    if manifest.feature_stride:
        facts["feature_stride"] = manifest.feature_stride
    if manifest.head:
        facts["head"] = manifest.head.model_dump(mode="json")
    crop = facts["preprocessing"]["crop"]
    if crop["focus"] == "animal":  # what older bundles could not say stays out of their fingerprint
        del crop["focus"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _is_path(name: str) -> bool:
    separators = {"/", os.sep}
    return not name.startswith("hf-hub:") and any(mark in name for mark in separators)


def _read(directory: Path) -> Bundle:
    path = directory / _MANIFEST
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise WeightsAlteredError(
                f"{path}: expected a manifest of at most {MAX_MANIFEST_BYTES} bytes, found "
                f"{path.stat().st_size}; restore the bundle"
            )
        text = path.read_bytes()
    except OSError as error:
        raise WeightsMissingError(
            f"{path}: expected a bundle's manifest, found none that can be read "
            f"({error.strerror}); {HOW_TO_FETCH}, or set {ROOT_VARIABLE}"
        ) from error
    return Bundle(directory.resolve(), parse_manifest(text, source=str(path)))


def _directories(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (path.parent for path in root.glob(f"*/{_MANIFEST}"))


def _listing(directory: Path) -> BundleListing:
    try:
        return BundleListing(directory.name, _read(directory))
    except WeightsError as error:
        return BundleListing(directory.name, None, str(error))


def _by_architecture(name: str) -> Bundle:
    listings = list_bundles()
    for listing in listings:
        bundle = listing.bundle
        if bundle and bundle.manifest.kind == "hub" and bundle.manifest.architecture == name:
            return bundle
    there = ", ".join(listing.name for listing in listings) or "none"
    raise WeightsMissingError(
        f"weights {name!r}: no such bundle in {weights_root()} (there: {there}); {HOW_TO_FETCH}, "
        f"or set {ROOT_VARIABLE} to the directory that holds it"
    )
