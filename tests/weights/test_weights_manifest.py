"""Manifests are read strictly, and bundles are found."""

import json
from pathlib import Path

import pytest

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import (
    CropPolicy,
    find_shipped,
    fingerprint,
    list_bundles,
    load_bundle,
    parse_manifest,
    weights_root,
)

REPOSITORY = Path(__file__).resolve().parents[2] / "weights"
SHA = "a" * 64


def facts(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "name": "mine",
        "version": "1",
        "kind": "own",
        "architecture": "resnet10t",
        "dim": 512,
        "preprocessing": {"input_px": 64, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "a test"},
        "files": [{"path": "model.safetensors", "sha256": SHA, "bytes": 10}],
    }
    return base | changes


def put(root: Path, **changes: object) -> Path:
    manifest = facts(**changes)
    directory = root / str(manifest["name"])
    directory.mkdir(parents=True)
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return directory


def entry(path: str) -> list[dict[str, object]]:
    return [{"path": path, "sha256": SHA, "bytes": 10}]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architectur": "x"}, "architectur: unknown key, did you mean architecture"),
        ({"zzzzqqq": 1}, "zzzzqqq: unknown key$|zzzzqqq: unknown key[.]"),
        ({"dim": -1}, "dim: Input should be greater"),
        ({"kind": "magic"}, "kind: Input should be 'own'"),
        ({"name": "../up"}, "name: "),
        ({"files": []}, "kind 'own' with 0 files"),
        ({"kind": "hub"}, "kind 'hub' with 1 files"),
        ({"files": entry("model.pth")}, "expected a file of kind .safetensors, found 'model.pth'"),
        ({"kind": "third-party", "files": entry("a.pkl")}, "found 'a.pkl'"),
        ({"files": [{"path": "m.safetensors", "sha256": "abc", "bytes": 1}]}, "sha256"),
    ],
)
def test_a_faulty_manifest_is_refused_by_name(changes, message):
    with pytest.raises(WeightsAlteredError, match=message):
        parse_manifest(json.dumps(facts(**changes)), source="m.json")


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd.safetensors", "/etc/x.safetensors", "a/../../x.safetensors", "", "C:/x.pt",
     "..\\x.safetensors", "a\x00.safetensors"],
)  # fmt: skip
def test_a_path_that_leaves_the_bundle_is_refused(path):
    with pytest.raises(WeightsAlteredError, match="expected a relative path that stays inside"):
        parse_manifest(json.dumps(facts(files=entry(path))), source="m.json")


def test_nested_misspelling_names_where_it_is():
    preprocessing = facts()["preprocessing"] | {"interpolatoin": "bicubic"}  # type: ignore[operator]
    with pytest.raises(WeightsAlteredError, match=r"preprocessing\.interpolatoin.*interpolation"):
        parse_manifest(json.dumps(facts(preprocessing=preprocessing)), source="m.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff\xfe"])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(WeightsAlteredError, match=r"m\.json"):
        parse_manifest(text, source="m.json")


def test_a_missing_bundle_says_what_is_there_and_what_to_do(root):
    put(root, name="here")
    with pytest.raises(WeightsMissingError, match=r"'gone'.*there: .*here.*reid weights fetch"):
        load_bundle("gone")
    with pytest.raises(WeightsMissingError, match="make weights"):
        load_bundle(root / "gone")


def test_a_bundle_is_found_by_name_path_and_hub_name(root):
    directory = put(root, name="big", kind="hub", architecture="hf-hub:someone/Model", files=[])
    found = [load_bundle("big"), load_bundle(directory), load_bundle("hf-hub:someone/Model")]
    assert found == [found[0]] * 3
    assert load_bundle(str(directory)) == found[0]


def test_the_list_shows_broken_bundles_with_their_problem(root):
    put(root, name="good")
    (put(root, name="bad") / "manifest.json").write_text("{", "utf-8")
    bad, good = (one for one in list_bundles() if one.name in ("bad", "good"))
    assert good.bundle is not None
    assert bad.bundle is None
    assert "bad" in bad.problem


def test_a_huge_manifest_is_not_read(root):
    (put(root) / "manifest.json").write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(WeightsAlteredError, match="at most 1048576 bytes"):
        load_bundle("mine")


def test_the_fingerprint_follows_everything_that_changes_vectors(root):
    bundle = load_bundle(put(root))
    preprocessing = facts()["preprocessing"]
    others = [
        {"architecture": "resnet14t"},
        {"pooling": "max"},
        {"preprocessing": preprocessing | {"input_px": 96}},  # type: ignore[operator]
        {"preprocessing": preprocessing | {"mean": [0.4, 0.5, 0.5]}},  # type: ignore[operator]
        {"files": [{"path": "model.safetensors", "sha256": "b" * 64, "bytes": 10}]},
    ]
    prints = {fingerprint(bundle)}
    for number, changes in enumerate(others):
        prints.add(fingerprint(load_bundle(put(root / str(number), **changes))))
    prints.add(fingerprint(bundle.with_crop(CropPolicy(contrast="infrared"))))
    prints.add(fingerprint(bundle, state_sha256="c" * 64))
    assert len(prints) == len(others) + 3
    assert all(len(value) == 16 for value in prints)


def test_the_fingerprint_ignores_words(root):
    words = {"name": "another", "version": "2", "licence": {"spdx": "MIT", "note": "hello"}}
    first, second = load_bundle(put(root)), load_bundle(put(root, **words))
    assert fingerprint(first) == fingerprint(second)


def test_the_root_is_the_variable_or_the_repository(root, monkeypatch):
    assert weights_root() == root
    monkeypatch.delenv("LEOPARD_REID_WEIGHTS")
    assert weights_root() == REPOSITORY


def test_without_a_clone_the_root_is_the_users_data(monkeypatch, tmp_path):
    monkeypatch.delenv("LEOPARD_REID_WEIGHTS", raising=False)
    monkeypatch.setattr("reid.weights.places._CLONE", tmp_path / "no clone")
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name: str(tmp_path / name))
    assert weights_root() == tmp_path / "leopard-reid" / "weights"


@pytest.fixture
def shipped(tmp_path_factory, monkeypatch):
    """A folder that stands for the bundles inside an installed package."""
    folder = tmp_path_factory.mktemp("shipped")
    monkeypatch.setattr("reid.weights.places._PACKAGED", folder)
    return folder


def test_shipped_bundles_are_found_behind_the_users_own(root, shipped):
    put(shipped, name="both", version="shipped")
    put(shipped, name="theirs")
    put(root, name="both", version="own")
    put(root, name="mine")
    assert [one.name for one in list_bundles()] == ["both", "mine", "theirs"]
    assert load_bundle("both").manifest.version == "own"
    assert load_bundle("theirs").directory.parent == shipped
    assert [one.name for one in list_bundles(shipped)] == ["both", "theirs"]
    for folder, found in ((root, root), (shipped, shipped)):
        (folder / "head.json").touch()
        assert find_shipped("head.json") == found / "head.json"
        (folder / "head.json").unlink()
    assert find_shipped("head.json") == shipped / "head.json"


def test_packages_of_a_shipped_bundle_lie_where_they_are_fetched_to(root, shipped, tmp_path):
    """Never inside the installed package, which may be read-only and is replaced by an update."""
    third = {"kind": "third-party", "files": entry("third_party/x.pth")}
    assert load_bundle(put(shipped, name="a", **third)).root == root
    assert load_bundle(put(root, name="b", **third)).root == root
    assert load_bundle(put(tmp_path / "far", name="c", **third)).root == tmp_path / "far"
    own = put(shipped, name="d")
    assert load_bundle("d").root == own


def test_every_bundle_of_the_repository_can_be_read_and_states_its_licence(monkeypatch):
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(REPOSITORY))
    listings = list_bundles()
    assert {"efficientnet-lite1", "megadescriptor-l-384"} <= {each.name for each in listings}
    for listing in listings:
        assert listing.bundle is not None, listing.problem
        assert listing.bundle.manifest.licence.spdx
        assert listing.bundle.name == listing.name
