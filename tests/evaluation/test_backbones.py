"""The frozen networks that evaluations compare with: pinned, licensed, and never in the way."""

import pytest

from reid.errors import WeightsMissingError
from reid.weights import list_bundles, load_bundle, load_state_dict
from training.evaluation.systems.load import BACKBONES, SHORT, load_comparer

FOLDERS = sorted(path.parent for path in BACKBONES.glob("*/manifest.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_network_is_pinned_and_licensed(folder):
    manifest = load_bundle(folder).manifest
    assert manifest.name == folder.name
    assert manifest.licence.spdx in ("Apache-2.0", "MIT")
    required = (BACKBONES / "requirements.txt").read_text()
    assert f"{manifest.origin.package} --hash=sha256:" in required
    (entry,) = manifest.files
    assert entry.path.startswith("third_party/")


def test_they_stand_beside_the_shipped_bundles_and_not_among_them():
    assert {f.name for f in FOLDERS} & {one.name for one in list_bundles()} == set()
    assert {str(f) for f in FOLDERS} <= set(SHORT.values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_fetched_network_fits_its_architecture(folder):
    """The names of its tensors, renamed, are those that timm's network has."""
    bundle = load_bundle(folder)
    try:
        state = load_state_dict(bundle)
    except WeightsMissingError:
        pytest.skip("not fetched: `make backbones`")
    name = next(short for short, path in SHORT.items() if path == str(folder))
    assert load_comparer(name).embedder.dim == bundle.manifest.dim
    assert len(state) > 200
