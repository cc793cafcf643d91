"""The default bundle: the real file, and real animals where they are."""

import csv
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from reid.embed import Embedder, load_embedder
from reid.weights import load_bundle, verify

REPOSITORY = Path(__file__).resolve().parents[2]
WEIGHTS = REPOSITORY / "weights"
DATA = Path(os.environ.get("LEOPARD_REID_DATA", REPOSITORY / ".." / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "third_party").is_dir(), reason="third-party weights absent: `make weights`"
)


@pytest.fixture(scope="module")
def default() -> Embedder:
    return load_embedder(WEIGHTS / "efficientnet-lite1")


def test_the_file_is_the_one_that_the_manifest_pins():
    assert verify(load_bundle(WEIGHTS / "efficientnet-lite1")).ok


def test_vectors_logits_and_map_have_their_shapes(default):
    output = default.forward([np.full((30, 50, 3), 90, dtype=np.uint8)])
    assert output.vectors.shape == (1, 1280)
    assert output.logits is not None
    assert output.logits.shape == (1, 1000)
    assert output.feature_map is not None
    assert output.feature_map.shape == (1, 1280, 8, 8)


@pytest.mark.real
def test_the_classifier_knows_a_tiger(default):
    """ImageNet's class 292 is the tiger: keys, normalisation and channel order are right."""
    logits = default.forward([crop for _, crop in _tigers(8, 1)], feature_map=False).logits
    assert logits is not None
    assert np.count_nonzero(logits.argmax(axis=1) == 292) >= 6


@pytest.mark.slow
@pytest.mark.real
def test_tigers_find_their_own_kind(default):
    """12 identities of 4 crops: chance is 6 %, the full protocol gives 0.91 (see the card)."""
    labels, crops = zip(*_tigers(12, 4), strict=True)
    rows = default.embed(crops)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -2)
    names = np.array(labels)
    assert np.mean(names[cosines.argmax(axis=1)] == names) >= 0.8


def _tigers(identities: int, each: int) -> list[tuple[str, np.ndarray]]:
    """The first crops of the first identities, by name."""
    table = DATA / "amur-tiger" / "metadata.csv"
    if not table.is_file():
        pytest.skip("amur-tiger absent: set LEOPARD_REID_DATA to the photographs for development")
    groups: dict[str, list[str]] = defaultdict(list)
    with table.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            groups[row["identity"]].append(row["path"])
    full = sorted(name for name, paths in groups.items() if len(paths) >= each)[:identities]
    return [(name, _open(path)) for name in full for path in sorted(groups[name])[:each]]


def _open(path: str) -> np.ndarray:
    with PIL.Image.open(DATA / "amur-tiger" / path) as picture:
        return np.asarray(picture.convert("RGB"))
