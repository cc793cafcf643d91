"""A key that is distrusted: its bundles stay where they are, and neither load nor serve."""

import json

import pytest
from typer.testing import CliRunner

from reid.catalogue import Catalogue
from reid.cli.app import app
from reid.errors import BundleRefusedError, ConflictError, NotFoundError, WeightsAlteredError
from reid.registry import PromotionKind, Registry
from reid.weights import DEFAULT_BUNDLE


@pytest.fixture
def theirs(tmp_path, made):
    """A bundle that another catalogue signed, as a file, and that catalogue's key."""
    with Catalogue.open(tmp_path / "theirs") as other:
        registry = Registry(other, DEFAULT_BUNDLE)
        registry.export(registry.register(made[0], by="Bota"), tmp_path / "first.reidbundle")
        return tmp_path / "first.reidbundle", registry.own_key()


@pytest.fixture
def taken(registry, theirs, passed):
    """It, imported here, and its trial passed."""
    registry.trust(theirs[1], by="Asel", why="told on the phone")
    return passed(registry, registry.import_(theirs[0], by="Asel"))


def test_nothing_of_a_distrusted_key_loads_or_serves_until_it_is_trusted_again(
    registry, theirs, taken
):
    key = theirs[1]
    found = registry.distrust(key, by="Asel", why="their laptop was stolen")
    assert found.distrust.why == "their laptop was stolen"
    named = rf"{key}, which is distrusted since .* by Asel: their laptop was stolen"
    with pytest.raises(WeightsAlteredError, match=named):
        registry.open(taken)
    with pytest.raises(WeightsAlteredError, match=named):
        registry.promote(taken, by="Asel", why="better")
    with pytest.raises(BundleRefusedError, match=named):
        registry.import_(theirs[0], by="Asel")
    assert key not in {one.public_key for one in registry.trusted()}
    with pytest.raises(ConflictError, match="already"):
        registry.distrust(key, by="Bota", why="again")
    registry.trust(key, by="Asel", why="it was found")
    assert registry.open(taken).name == "first"
    assert registry.promote(taken, by="Asel", why="better").to_sha256 == taken.sha256


def test_the_catalogue_itself_refuses_to_switch_to_it(registry, theirs, taken):
    """Somebody may distrust between the look at the files and the switch."""
    before, after = (registry._target(b) for b in (registry.active(), taken))
    registry.distrust(theirs[1], by="Asel", why="stolen")
    with pytest.raises(ConflictError, match=f"signed by {theirs[1]}, which is distrusted"):
        registry.store.switch(PromotionKind.PROMOTE, before, after, by="Asel", why="better")


def test_a_key_whose_bundle_serves_is_distrusted_after_that_serves_no_more(registry, theirs, taken):
    registry.promote(taken, by="Asel", why="better")
    with pytest.raises(ConflictError, match="roll-back"):
        registry.distrust(theirs[1], by="Asel", why="stolen")
    assert registry.open(registry.active()).name == "first"
    registry.roll_back(by="Asel", why="its key was stolen")
    registry.distrust(theirs[1], by="Asel", why="stolen")
    assert registry.active().name == DEFAULT_BUNDLE


def test_no_roll_back_leads_to_a_distrusted_one_and_the_configured_one_can_serve(
    registry, theirs, taken, made
):
    registry.promote(taken, by="Asel", why="better")
    second = registry.register(made[1], by="Asel")
    registry.promote(second, by="Asel", why="better yet", override=True)
    registry.distrust(theirs[1], by="Asel", why="stolen")
    with pytest.raises(WeightsAlteredError, match=theirs[1]):
        registry.roll_back(by="Asel", why="worse")
    assert registry.active().name == "second"
    configured = registry.bundle(DEFAULT_BUNDLE)
    registry.promote(configured, by="Asel", why="the one that we came with", override=True)
    assert registry.active().name == DEFAULT_BUNDLE


def test_with_an_own_key_that_is_distrusted_nothing_is_signed(registry, made):
    own = registry.own_key()
    kept = registry.register(made[0], by="Asel")
    registry.distrust(own, by="Asel", why="it was in a mail")
    with pytest.raises(ConflictError, match=r"bundle-signing\.key away"):
        registry.register(made[1], by="Asel")
    (registry.data_dir / "bundle-signing.key").unlink()
    assert registry.register(made[1], by="Asel").signer != own
    with pytest.raises(WeightsAlteredError, match=own):
        registry.open(kept)


def test_nobody_distrusts_a_key_that_is_unknown(registry):
    with pytest.raises(NotFoundError, match="bundles keys"):
        registry.distrust("ab" * 32, by="Asel", why="x")


def test_what_was_said_of_keys_is_only_added_to_on_every_database(ready, theirs):
    with Catalogue.open(ready[0], data_dir=ready[1]) as catalogue:
        registry = Registry(catalogue, DEFAULT_BUNDLE)
        registry.trust(theirs[1], by="Asel", why="known")
        registry.distrust(theirs[1], by="Asel", why="stolen")
        for change in ("UPDATE trusted_key_events SET why = 'x'", "DELETE FROM trusted_key_events"):
            with (
                pytest.raises(Exception, match="only added to"),
                catalogue.engine.begin() as connection,
            ):
                connection.exec_driver_sql(change)
        registry.trust(theirs[1], by="Asel", why="found again")
        registry.distrust(theirs[1], by="Bota", why="lost again")
        (told,) = [one for one in registry.signers() if one.public_key == theirs[1]]
        assert (told.why, told.distrust.by, told.distrust.why) == ("known", "Bota", "lost again")


def test_on_the_command_line(registry, theirs, taken):
    def reid(*words):
        place = ["--data-dir", str(registry.data_dir)]
        return CliRunner().invoke(app, ["bundles", *words, *place])

    said = reid("distrust", theirs[1], "--by", "Asel", "--reason", "stolen")
    assert said.exit_code == 0, said.output
    assert taken.label in " ".join(said.output.split())
    told = json.loads(reid("keys", "--json").output)
    assert [one["public_key"] for one in told["trusted"]] == [told["own"]]
    (one,) = told["distrusted"]
    assert (one["public_key"], one["distrust"]["why"]) == (theirs[1], "stolen")
    shown = reid("keys").output
    assert theirs[1] in shown.splitlines()
    assert "by Asel: stolen" in " ".join(shown.split())
    refused = reid("promote", "first", "--by", "Asel", "--why", "better")
    assert refused.exit_code == 3
    assert theirs[1] in "".join(refused.output.split())
