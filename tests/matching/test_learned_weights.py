"""Weights and libraries of the learned matchers: missing, altered, of another network."""

import pytest
import torch

from reid.errors import ConfigError, WeightsAlteredError, WeightsMissingError
from reid.local.pinned import ALIKED, XFEAT
from reid.match.pinned import LIGHTERGLUE, LIGHTGLUE
from reid.weights import weights_root
from reid.weights.extra import filled, optional

FILES = (XFEAT, ALIKED, LIGHTGLUE, LIGHTERGLUE)
REQUIREMENTS = "requirements-matchers.txt"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.path.rpartition("/")[2])
def test_missing_weights_say_what_to_type(tmp_path, file):
    with pytest.raises(WeightsMissingError, match="reid weights fetch --matchers"):
        file.tensors(tmp_path)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.path.rpartition("/")[2])
def test_altered_weights_are_refused(tmp_path, file):
    path = tmp_path / file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"something else")
    with pytest.raises(WeightsAlteredError, match=file.sha256):
        file.tensors(tmp_path)


def test_every_pinned_file_comes_from_a_pinned_package():
    listed = (weights_root() / REQUIREMENTS).read_text(encoding="utf-8")
    for file in FILES:
        package, version = file.origin.partition(",")[0].split()
        assert f"{package}=={version} --hash=sha256:" in listed


def test_a_missing_library_names_its_extra():
    with pytest.raises(ConfigError, match=r"pip install 'leopard-reid\[matchers\]'"):
        optional("no_such_library.part", "matchers")


def test_a_library_that_is_broken_inside_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "broken_inside.py").write_text("import not_there_at_all\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        optional("broken_inside", "matchers")


@pytest.mark.parametrize(
    "change",
    [
        lambda s: {k: v for k, v in s.items() if k != "bias"},
        lambda s: s | {"more": torch.zeros(1)},
        lambda s: s | {"bias": torch.zeros(9)},
    ],
    ids=["missing", "unknown", "of another shape"],
)
def test_weights_of_another_network_are_refused(change):
    network = torch.nn.Linear(3, 2)
    with pytest.raises(WeightsAlteredError, match="another network"):
        filled(network, change(dict(network.state_dict())))


def test_what_a_network_computes_itself_need_not_be_in_the_file():
    network = torch.nn.Linear(3, 2)
    state = {"weight": torch.ones(2, 3)}
    assert filled(network, state, derived=("bias",)).weight.sum() == 6
    assert not network.training
