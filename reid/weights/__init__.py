"""Bundles of weights: manifest, checks, safe loading.

Importing this package loads no torch; ``load_state_dict`` does, when it is called.
"""

from reid.weights.bundle import (
    DEFAULT_BUNDLE,
    SPECIES_BUNDLE,
    Bundle,
    BundleListing,
    fingerprint,
    list_bundles,
    load_bundle,
)
from reid.weights.fetch import fetch
from reid.weights.files import (
    FileReport,
    VerifyReport,
    checked_path,
    describe_file,
    read_calibration,
    verify,
)
from reid.weights.manifest import (
    CropPolicy,
    FileEntry,
    KeyRenaming,
    Licence,
    Manifest,
    Origin,
    Preprocessing,
    VectorHead,
    VisualWords,
    parse_manifest,
)
from reid.weights.places import bundle_roots, find_shipped, shipped_root, weights_root
from reid.weights.tensors import load_state_dict, save_bundle, state_sha256

__all__ = [
    "DEFAULT_BUNDLE",
    "SPECIES_BUNDLE",
    "Bundle",
    "BundleListing",
    "CropPolicy",
    "FileEntry",
    "FileReport",
    "KeyRenaming",
    "Licence",
    "Manifest",
    "Origin",
    "Preprocessing",
    "VectorHead",
    "VerifyReport",
    "VisualWords",
    "bundle_roots",
    "checked_path",
    "describe_file",
    "fetch",
    "find_shipped",
    "fingerprint",
    "list_bundles",
    "load_bundle",
    "load_state_dict",
    "parse_manifest",
    "read_calibration",
    "save_bundle",
    "shipped_root",
    "state_sha256",
    "verify",
    "weights_root",
]
