"""Bundles taken in, promoted, rolled back: by the rules, and by nothing else."""

import stat

import pytest

from reid.catalogue import Catalogue
from reid.errors import (
    BundleRefusedError,
    CatalogueError,
    ConflictError,
    InputError,
    NotFoundError,
    WeightsAlteredError,
)
from reid.registry import (
    BundleState,
    Lineage,
    PromotionKind,
    Registry,
    refuse_untried,
    trial_now,
)
from reid.weights import DEFAULT_BUNDLE, fingerprint, load_bundle

LINEAGE = Lineage("ab" * 32, "0.1.0+abc", {"top1": 0.5}, ("CC-BY-4.0",))


def test_a_bundle_is_kept_by_its_content_with_where_it_comes_from(registry, made):
    kept = registry.register(made[0], by="Asel", parent=DEFAULT_BUNDLE, lineage=LINEAGE)
    assert (kept.name, kept.version, kept.by) == ("first", "1", "Asel")
    assert kept.parent == registry.configured().sha256
    assert kept.figures == {"top1": 0.5}
    assert kept.data_licences == ("CC-BY-4.0",)
    assert kept.state is BundleState.REGISTERED
    place = registry.data_dir / "bundles" / kept.sha256
    assert fingerprint(load_bundle(place)) == kept.fingerprint
    assert registry.register(made[0], by="Bota") == kept
    assert [b.name for b in registry.bundles()] == [DEFAULT_BUNDLE, "first"]
    for reference in (kept.sha256, kept.sha256[:9], kept.fingerprint, "first", "first@1"):
        assert registry.bundle(reference) == kept
    with pytest.raises(NotFoundError, match="bundles list"):
        registry.bundle("third")


def test_until_something_is_promoted_the_configured_one_serves(registry):
    active = registry.active()
    assert (active.name, active.registered) == (DEFAULT_BUNDLE, False)
    with pytest.raises(ConflictError, match="nothing to roll back"):
        registry.roll_back(by="Asel", why="x")


def test_promotions_are_a_history_and_roll_backs_undo_one_each(registry, made, passed):
    first, second = (registry.register(one, by="Asel") for one in made)
    for bundle in (first, second):
        passed(registry, bundle)
        registry.promote(bundle, by="Asel", why="better")
        assert registry.active().sha256 == bundle.sha256
    with pytest.raises(ConflictError, match="serves already"):
        registry.promote(second, by="Asel", why="again")
    assert registry.roll_back(by="Bota", why="worse").to_sha256 == first.sha256
    assert registry.bundle("second").state is BundleState.FORMER
    assert registry.roll_back(by="Bota", why="worse yet").to_sha256 is None
    assert registry.active().name == DEFAULT_BUNDLE
    with pytest.raises(ConflictError, match="nothing to roll back"):
        registry.roll_back(by="Bota", why="x")
    told = [(e.kind, e.by, e.why, e.before["name"], e.after["name"]) for e in registry.promotions()]
    promote, back = PromotionKind.PROMOTE, PromotionKind.ROLL_BACK
    assert told == [
        (promote, "Asel", "better", DEFAULT_BUNDLE, "first"),
        (promote, "Asel", "better", "first", "second"),
        (back, "Bota", "worse", "second", "first"),
        (back, "Bota", "worse yet", "first", DEFAULT_BUNDLE),
    ]


@pytest.mark.parametrize("words", [("", "why"), ("by", " ")])
def test_nobody_promotes_without_a_name_and_a_reason(registry, made, words):
    bundle = registry.register(made[0], by="Asel")
    with pytest.raises(InputError, match="who"):
        registry.promote(bundle, by=words[0], why=words[1])


def test_a_refusal_is_promoted_only_by_overriding_it(registry, made, passed):
    bundle = registry.register(made[0], by="Asel")
    with pytest.raises(InputError, match="regression"):
        registry.gate_report(bundle, {"fine": True})
    told = passed(registry, bundle, regression=True, reasons=["top-1 fell"])
    assert told.gate["reasons"] == ["top-1 fell"]
    with pytest.raises(ConflictError, match="top-1 fell"):
        registry.promote(bundle, by="Asel", why="hope")
    assert registry.active().name == DEFAULT_BUNDLE
    event = registry.promote(bundle, by="Asel", why="hope", override=True)
    assert event.overridden == "was refused: top-1 fell"
    registry.roll_back(by="Asel", why="no hope")
    passed(registry, bundle)
    assert registry.promote(bundle, by="Asel", why="mended").overridden == ""


def test_a_bundle_that_nobody_tried_is_promoted_only_by_overriding_that(registry, made):
    bundle = registry.register(made[0], by="Asel")
    assert trial_now(bundle, registry.active()).state == "none"
    with pytest.raises(ConflictError, match=r"never tried against .* `reid bundles try first`"):
        registry.promote(bundle, by="Asel", why="hope")
    with pytest.raises(ConflictError, match="never tried"):
        refuse_untried(bundle, registry.active())
    event = registry.promote(bundle, by="Asel", why="ours are like theirs", override=True)
    assert event.overridden == f"was never tried against {DEFAULT_BUNDLE} 1, which serves"
    assert registry.promotions()[-1].overridden == event.overridden
    assert trial_now(registry.active(), registry.active()).state == "serves"


def test_a_trial_counts_while_the_bundle_serves_that_it_was_against(registry, made, passed):
    first, second = (registry.register(one, by="Asel") for one in made)
    for bundle in (first, second):
        passed(registry, bundle)
    registry.promote(first, by="Asel", why="better")
    second = registry.bundle("second")
    assert trial_now(second, registry.active()).state == "other"
    with pytest.raises(ConflictError, match=rf"against {DEFAULT_BUNDLE} 1, not against first 1"):
        registry.promote(second, by="Asel", why="better yet")
    registry.roll_back(by="Asel", why="a slip")  # at once, and then the trial counts again
    assert registry.promote(second, by="Asel", why="better yet").overridden == ""
    registry.roll_back(by="Asel", why="worse")
    registry.gate_report(second, {"regression": False})
    with pytest.raises(ConflictError, match="a bundle that it does not name"):
        registry.promote(second, by="Asel", why="its report says not against which")


def test_a_refusal_that_was_taken_at_training_asks_again_at_promotion(registry, made, passed):
    bundle = registry.register(made[0], by="Asel")
    taken = {"overridden_by": "Bota", "override_reason": "for a try"}
    passed(registry, bundle, regression=True, reasons=["no gain"], **taken)
    with pytest.raises(ConflictError, match="no gain; taken all the same by Bota: for a try"):
        registry.promote(bundle, by="Asel", why="better")
    event = registry.promote(bundle, by="Asel", why="as Bota says", override=True)
    assert event.overridden == "was refused: no gain; taken all the same by Bota: for a try"


def test_a_roll_back_needs_no_trial_and_a_way_forth_does(registry, made):
    bundle = registry.register(made[0], by="Asel")
    registry.promote(bundle, by="Asel", why="hope", override=True)
    back = registry.roll_back(by="Asel", why="worse")
    assert (back.overridden, registry.active().name) == ("", DEFAULT_BUNDLE)
    with pytest.raises(ConflictError, match="never tried"):
        registry.promote(bundle, by="Asel", why="it served before")


def test_what_was_altered_on_the_disk_neither_loads_nor_serves(registry, made):
    bundle = registry.register(made[0], by="Asel")
    assert registry.open(bundle).name == "first"
    model = registry.data_dir / "bundles" / bundle.sha256 / "model.safetensors"
    content = bytearray(model.read_bytes())
    content[-1] ^= 1
    model.write_bytes(content)
    with pytest.raises(WeightsAlteredError, match=r"model\.safetensors"):
        registry.open(bundle)
    with pytest.raises(WeightsAlteredError):
        registry.promote(bundle, by="Asel", why="better", override=True)


def test_an_altered_row_does_not_load(registry, made, catalogue):
    bundle = registry.register(made[0], by="Asel")
    with catalogue.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE bundles SET statement = replace(statement, 'a', 'b')")
    with pytest.raises(WeightsAlteredError, match="signature"):
        registry.open(registry.bundle(bundle.sha256))


def test_promotions_cannot_be_rewritten(registry, made, catalogue):
    bundle = registry.register(made[0], by="Asel")
    registry.promote(bundle, by="Asel", why="better", override=True)
    for change in ("UPDATE bundle_promotions SET why = 'x'", "DELETE FROM bundle_promotions"):
        with (
            pytest.raises(Exception, match="only added to"),
            catalogue.engine.begin() as connection,
        ):
            connection.exec_driver_sql(change)


def test_the_own_key_is_made_once_and_is_nobody_elses(registry, catalogue):
    key = registry.own_key()
    path = catalogue.data_dir / "bundle-signing.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Registry(catalogue, DEFAULT_BUNDLE).own_key() == key
    assert [(k.public_key, k.own) for k in registry.trusted()] == [(key, True)]
    path.chmod(0o644)
    with pytest.raises(CatalogueError, match="owner alone"):
        registry.own_key()


def test_after_the_key_was_lost_old_bundles_stay_valid(registry, made, catalogue):
    bundle = registry.register(made[0], by="Asel")
    (catalogue.data_dir / "bundle-signing.key").unlink()
    assert registry.own_key() != bundle.signer
    assert registry.open(bundle).name == "first"


def test_a_name_is_given_once(registry, made, directory):
    registry.register(made[0], by="Asel")
    (directory / "card.md").write_text("another card")
    with pytest.raises(BundleRefusedError, match="name clash"):
        registry.register(directory, by="Asel")


def test_on_every_database(ready, made):
    with Catalogue.open(ready[0], data_dir=ready[1]) as catalogue:
        registry = Registry(catalogue, DEFAULT_BUNDLE)
        first = registry.register(made[0], by="Asel", lineage=LINEAGE)
        registry.promote(first, by="Asel", why="better", override=True)
        assert registry.promotions()[0].overridden.startswith("was never tried")
        assert registry.store.serving() == (1, first.sha256)
        assert registry.active().figures == {"top1": 0.5}
        registry.roll_back(by="Asel", why="x")
        assert registry.store.serving() == (2, None)
