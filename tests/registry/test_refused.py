"""A hostile corpus: each bundle is refused by the name of its cause, and nothing of it is kept."""

import json
import pickle
import zipfile
import zlib

import pytest
from registry_small_bundles import declare, small_bundle

from reid.catalogue import Catalogue
from reid.errors import BundleRefusedError, InputError
from reid.registry import Lineage, Registry
from reid.registry.archive import PACKED
from reid.weights import DEFAULT_BUNDLE


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


def rewrite(folder, **changes):
    """The manifest with other values, files and hashes as they are now."""
    declare(folder, **changes)


def calibrated(folder, part, **changes):
    """The calibration with other values, declared as it should be."""
    path = folder / "calibration.json"
    told = json.loads(path.read_text())
    told[part] |= changes
    path.write_text(json.dumps(told))
    declare(folder)


def pickle_instead(folder):
    (folder / "model.safetensors").write_bytes(pickle.dumps(Bomb()))
    declare(folder)


def torch_pickle_instead(folder):
    with zipfile.ZipFile(folder / "model.safetensors", "w") as packed:
        packed.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    declare(folder)


def pickle_beside(folder):
    (folder / "model.pth").write_bytes(pickle.dumps(Bomb()))


def unknown_member(folder):
    (folder / "run.py").write_text("print('hello')")


def no_weights(folder):
    (folder / "model.safetensors").unlink()


def link_out(folder):
    (folder / "card.md").symlink_to("/etc/hostname")


def manifest_leads_out(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("model.safetensors", "../model.safetensors"))


def altered(folder):
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-7] ^= 4
    (folder / "model.safetensors").write_bytes(content)


def another_kind(folder):
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"kind": "hub", "files": []}))


def other_shapes(folder):
    rewrite(folder, head={"kind": "linear", "width": 512})


def another_network(folder):
    rewrite(folder, architecture="resnet14t")


def giant(folder):
    rewrite(folder, architecture="vit_giant_patch14_224", pooling="avg", head=None, dim=1408)


def not_finite(folder):
    import torch
    from safetensors.torch import load_file, save_file

    state = load_file(folder / "model.safetensors")
    state["vector_head.bias"][0] = torch.nan
    save_file(state, folder / "model.safetensors")
    declare(folder)


def sees_nothing(folder):
    from safetensors.torch import load_file, save_file

    state = load_file(folder / "model.safetensors")
    state["vector_head.weight"] *= 0
    save_file(state, folder / "model.safetensors")
    declare(folder)


def no_calibration(folder):
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"calibration": None}))


DIRECTORIES = {
    pickle_instead: "pickle",
    torch_pickle_instead: "pickle",
    pickle_beside: "pickle",
    unknown_member: "unknown member",
    no_weights: "missing member",
    link_out: "path traversal",
    manifest_leads_out: "path traversal",
    altered: "altered",
    another_kind: "manifest",
    other_shapes: "wrong shapes",
    another_network: "wrong shapes",
    giant: "wrong shapes",
    not_finite: "weights",
    sees_nothing: "vectors",
    no_calibration: "absurd calibration",
}
CALIBRATIONS = {
    "not finite": ("pair", {"highest": 1e999}),
    "wrong sign": ("pair", {"pattern": -1.0}),
    "sure beyond all pairs": ("pair", {"highest": 400.0}),
    "bounds the wrong way": ("pair", {"lowest": 3.0}),
    "grows with worse evidence": ("pair", {"shortfall": 2.0}),
    "says nothing": ("pair", {"pattern": 0.0, "excess": 0.0}),
    "huge": ("miss", {"intercept": 1e300}),
}
LICENCES = ("do what you want", "", "Apache 2", "LicenseRef-")


def refused(registry, folder, cause):
    with pytest.raises(BundleRefusedError) as caught:
        registry.register(folder, by="Asel")
    assert caught.value.cause == cause, caught.value
    assert str(caught.value).startswith(f"bundle refused, {cause}: ")
    nothing_kept(registry)


def nothing_kept(registry):
    assert len(registry.bundles()) == 1
    left = [path for path in registry.shelf.root.rglob("*") if path.name != ".incoming"]
    assert left == []


@pytest.mark.parametrize("spoil", DIRECTORIES, ids=lambda spoil: spoil.__name__)
def test_a_directory_is_refused_by_the_name_of_the_cause(registry, directory, spoil):
    spoil(directory)
    refused(registry, directory, DIRECTORIES[spoil])


@pytest.mark.parametrize("what", CALIBRATIONS)
def test_an_absurd_calibration_is_refused(registry, directory, what):
    part, changes = CALIBRATIONS[what]
    calibrated(directory, part, **changes)
    refused(registry, directory, "absurd calibration")


@pytest.mark.parametrize("spdx", LICENCES)
def test_a_licence_that_is_none_is_refused(registry, directory, spdx):
    declare(directory, licence={"spdx": spdx})
    with pytest.raises(BundleRefusedError, match=r"licence|manifest"):
        registry.register(directory, by="Asel")
    nothing_kept(registry)


def test_weights_do_not_promise_more_than_their_data_allow(registry, directory):
    lineage = Lineage(data_licences=("CC-BY-NC-4.0",))
    with pytest.raises(BundleRefusedError, match="non-commercial"):
        registry.register(directory, by="Asel", lineage=lineage)
    declare(directory, licence={"spdx": "CC-BY-NC-4.0"})
    kept = registry.register(directory, by="Asel", lineage=lineage)
    assert (kept.licence, kept.data_licences) == ("CC-BY-NC-4.0", ("CC-BY-NC-4.0",))


def test_the_name_of_a_shipped_bundle_is_taken(registry, tmp_path):
    folder = small_bundle(tmp_path / "b", name=DEFAULT_BUNDLE, version="1", seed=5)
    refused(registry, folder, "name clash")


# ---- one file


@pytest.fixture
def other(tmp_path):
    with Catalogue.open(tmp_path / "other") as opened:
        yield Registry(opened, DEFAULT_BUNDLE)


@pytest.fixture
def packed(registry, made, tmp_path):
    bundle = registry.register(made[0], by="Asel", lineage=Lineage("cd" * 32, "x", {"a": 1}))
    registry.export(bundle, tmp_path / "first.reidbundle")
    return tmp_path / "first.reidbundle"


def test_a_bundle_goes_from_one_catalogue_to_another(registry, other, packed):
    with pytest.raises(BundleRefusedError, match=r"unknown signer.*bundles trust"):
        other.import_(packed, by="Bota")
    nothing_kept(other)
    with pytest.raises(InputError, match="64 hex digits"):
        other.trust("abc", by="Bota", why="told by phone")
    other.trust(registry.own_key(), by="Bota", why="told by phone")
    kept = other.import_(packed, by="Bota")
    sent = registry.bundle("first")
    assert (kept.sha256, kept.signer, kept.figures) == (sent.sha256, sent.signer, {"a": 1})
    assert kept.by == "Bota"
    assert other.open(kept).name == "first"
    again = packed.with_name("again.reidbundle")
    other.export(kept, again)
    assert again.read_bytes() == packed.read_bytes()
    with pytest.raises(InputError, match="expected nothing"):
        other.export(kept, again)


def members(file):
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def written(file, told, *, compressed=()):
    file.unlink()
    with zipfile.ZipFile(file, "w") as out:
        for name, content in told.items():
            kind = zipfile.ZIP_DEFLATED if name in compressed else zipfile.ZIP_STORED
            out.writestr(zipfile.ZipInfo(name), content, kind)


def bombed(file, told):
    told["card.md"] = b"0" * 500_000
    written(file, told, compressed=("card.md",))


def large_page(file, told):
    written(file, {**told, "card.md": b"x" * (PACKED["card.md"] + 1)})


def overlapping(file, told):
    """Two names for the same bytes: the directory says more than the file holds."""
    content = file.read_bytes()
    model = len(told["model.safetensors"])
    name = b"calibration.json"
    at = content.rindex(name) - 46  # its entry in the central directory
    sizes = model.to_bytes(4, "little") * 2
    start = content.rindex(b"model.safetensors") - 46
    offset = content[start + 42 : start + 46]
    crc = zlib.crc32(told["model.safetensors"]).to_bytes(4, "little")
    entry = content[at : at + 16] + crc + sizes + content[at + 28 : at + 42] + offset
    file.write_bytes(content[:at] + entry + content[at + 46 :])


def traversing(file, told):
    written(file, {**told, "../../evil.json": b"{}"})


def absolute(file, told):
    written(file, {**told, "/etc/evil": b"{}"})


def stranger(file, told):
    written(file, {**told, "setup.py": b"print()"})


def pickled(file, told):
    written(file, {**told, "weights.pkl": pickle.dumps(Bomb())})


def pickle_whole(file, _told):
    file.write_bytes(pickle.dumps(Bomb()))


def cut(file, _told):
    file.write_bytes(file.read_bytes()[:-200])


def other_weights(file, told):
    content = bytearray(told["model.safetensors"])
    content[-5] ^= 1
    written(file, {**told, "model.safetensors": bytes(content)})


def other_words(file, told):
    said = told["statement.json"].replace(b'"first"', b'"fists"')
    written(file, {**told, "statement.json": said})


def no_signature(file, told):
    written(file, {name: content for name, content in told.items() if name != "signature.json"})


FILES = {
    bombed: "zip bomb",
    large_page: "zip bomb",
    overlapping: "zip bomb",
    traversing: "path traversal",
    absolute: "path traversal",
    stranger: "unknown member",
    pickled: "pickle",
    pickle_whole: "pickle",
    cut: "not a bundle",
    other_weights: "altered",
    other_words: "signature",
    no_signature: "missing member",
}


@pytest.mark.parametrize("spoil", FILES, ids=lambda spoil: spoil.__name__)
def test_a_file_is_refused_by_the_name_of_the_cause(registry, other, packed, spoil):
    other.trust(registry.own_key(), by="Bota", why="told by phone")
    spoil(packed, members(packed))
    with pytest.raises(BundleRefusedError) as caught:
        other.import_(packed, by="Bota")
    assert caught.value.cause == FILES[spoil], caught.value
    nothing_kept(other)
