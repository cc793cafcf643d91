"""A catalogue with weights of its own, brought back: the same bundle answers, the same way back."""

import importlib.util
from pathlib import Path

import pytest

from reid.backup import back_up, restore
from reid.catalogue import Catalogue
from reid.config import Settings
from reid.errors import BackupError, WeightsAlteredError
from reid.pipeline import LiveLibrary
from reid.registry import Registry
from reid.types import Flank, Sighting, SightingMedia
from training.soak.light import light_engine
from training.soak.media import picture

BUNDLES = Path(__file__).parents[1] / "registry" / "small_bundles.py"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two small bundles."""
    spec = importlib.util.spec_from_file_location("backup_small_bundles", BUNDLES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path_factory.mktemp("bundles")
    return [module.small_bundle(root / n, name=n, seed=k) for k, n in enumerate(("one", "two"))]


def live(data_dir, url=None):
    settings = Settings(data_dir=data_dir, database_url=url)
    catalogue = Catalogue.open(url or data_dir, data_dir=data_dir)
    return LiveLibrary(catalogue, settings, lambda bundle: light_engine(bundle=bundle))


@pytest.fixture
def lived(tmp_path, made):
    """A catalogue whose first bundle serves, promoted; the second, of a distrusted key, waits."""
    with live(tmp_path / "data") as library:
        registry = library.registry
        first = registry.register(made[0], by="Asel")
        against = {"champion_sha256": registry.active().sha256}
        registry.gate_report(first, {"regression": False, "reasons": [], **against}, by="Asel")
        registry.promote(first, by="Asel", why="better at night")
        for number in range(2):
            media = SightingMedia(f"{number}.jpg", picture(number, 0), flank=Flank.LEFT)
            library.now(wait=True).add(Sighting(f"s{number}", (media,)))
            library.enrol(f"s{number}", f"animal {number}", by="Asel", accept_flags=True)
        with Catalogue.open(tmp_path / "other") as other:
            theirs = Registry(other, "rosette-words")
            theirs.export(theirs.register(made[1], by="Bota"), tmp_path / "two.reidbundle")
            key = theirs.own_key()
        registry.trust(key, by="Asel", why="known")
        registry.import_(tmp_path / "two.reidbundle", by="Asel")
        registry.distrust(key, by="Asel", why="stolen")
        yield library


def known(registry):
    """Everything that is known of weights, as plain values."""
    bundles = [(b.sha256, b.state, b.signer, b.gate, b.by) for b in registry.store.bundles()]
    return bundles, registry.promotions(), registry.store.signers()


def same_service(before, data_dir, url=None):
    with live(data_dir, url) as back:
        assert known(back.registry) == known(before.registry)
        first = back.registry.active()
        assert back.now(wait=True).engine.used()["sha256"] == first.sha256
        assert back.standing().why == before.standing().why
        assert not back.standing().problem
        one, other = (library.identify("s0") for library in (before, back))
        assert (one.kind, one.individual) == (other.kind, other.individual)
        assert [c.sighting_ids for c in one.candidates] == [
            c.sighting_ids for c in other.candidates
        ]
        assert other.provenance["bundle"] == one.provenance["bundle"]
        with pytest.raises(WeightsAlteredError, match=r"distrusted since .* stolen"):
            back.registry.open(back.registry.bundle("two"))
        assert back.registry.open(first).name == "one"
        key = back.registry.own_key()
        assert key != first.signer, "a backup holds no key that could sign"
        back.registry.roll_back(by="Asel", why="as before")
        assert back.now(wait=True).engine.used()["sha256"] != first.sha256


def test_what_comes_back_answers_with_the_same_bundle(lived, tmp_path):
    back_up(lived.catalogue, tmp_path / "backups")
    restore(tmp_path / "backups", tmp_path / "restored")
    same_service(lived, tmp_path / "restored")


def test_also_in_a_database_server(lived, empty_server, tmp_path):
    back_up(lived.catalogue, tmp_path / "backups")
    restore(tmp_path / "backups", tmp_path / "restored", database_url=empty_server)
    same_service(lived, tmp_path / "restored", empty_server)


def test_a_backup_that_lost_a_file_of_the_weights_restores_nothing(lived, tmp_path):
    made = back_up(lived.catalogue, tmp_path / "backups").manifest
    (weights,) = [
        one.sha256
        for one in made.outputs
        if one.path == f"bundles/{lived.registry.active().sha256}/model.safetensors"
    ]
    (found,) = (tmp_path / "backups").rglob(weights)
    found.unlink()
    with pytest.raises(BackupError, match="not whole"):
        restore(tmp_path / "backups", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
