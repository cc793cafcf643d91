"""Bundles of weights over HTTP, asked for by the client."""

import importlib.util
import sys
from pathlib import Path

import pytest

from reid.catalogue.asked import Asked, Identifications
from reid.client import Client, ContradictionError, MissingError, ProblemError
from reid.registry import Registry
from reid.weights import DEFAULT_BUNDLE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small bundle that is whole."""
    path = Path(__file__).parents[1] / "registry" / "small_bundles.py"
    spec = importlib.util.spec_from_file_location("service_small_bundles", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.small_bundle(tmp_path_factory.mktemp("bundle") / "b", name="valley")


@pytest.fixture
def service(client):
    with Client(str(client.base_url)) as opened:
        opened.registry = Registry(client.library.catalogue, DEFAULT_BUNDLE)
        yield opened


def test_the_shipped_one_serves_until_another_is_promoted(service):
    found = service.bundles()
    assert found.active.name == DEFAULT_BUNDLE
    assert not service.promotions().promotions
    with pytest.raises(ContradictionError):
        service.roll_back("a slip")


def test_one_that_is_not_there_is_missing(service):
    with pytest.raises(MissingError, match="valley"):
        service.bundle("valley")


def test_promoted_where_nothing_is_stored_and_rolled_back(service, folder):
    made = service.registry.register(folder, by="Asel")
    assert service.bundle("valley").sha256 == made.sha256
    against = {"champion_sha256": service.bundles().active.sha256}
    service.registry.gate_report(made, {"regression": False, **against})
    assert service.bundle("valley").trial == "passed"
    service.promote_bundle("valley", "trained on our own animals")
    assert service.bundles().active.name == "valley"
    service.roll_back("it finds fewer")
    assert service.bundles().active.name == DEFAULT_BUNDLE
    assert len(service.promotions().promotions) == 2


def test_one_that_nobody_tried_serves_only_for_a_reason_that_is_kept(service, folder):
    service.registry.register(folder, by="Asel")
    found = service.bundle("valley")
    assert found.trial == "none"
    assert found.trial_words == f"was never tried against {DEFAULT_BUNDLE} 1, which serves"
    for ask in (
        lambda: service.promote_bundle("valley", "better"),
        lambda: service.re_embed("valley", promote="better"),
    ):
        with pytest.raises(ContradictionError, match="reid bundles try valley"):
            ask()
    event = service.promote_bundle("valley", "we know its makers", override=True)
    assert (event.why, event.overridden) == ("we know its makers", found.trial_words)
    assert service.promotions().promotions[-1].overridden == found.trial_words
    assert service.bundle("valley").trial == "serves"
    service.roll_back("it finds fewer")


def test_a_trial_is_a_job_and_asked_for_twice_it_is_one(service, folder):
    service.registry.register(folder, by="Asel")
    job = service.try_bundle("valley", seed=3)
    assert (job.kind, job.state) == ("trial", "queued")
    assert service.try_bundle("valley", seed=3).id == job.id
    with pytest.raises(ProblemError, match="configured and not registered"):
        service.try_bundle(DEFAULT_BUNDLE)


def test_what_is_stored_and_not_embedded_holds_a_promotion_up(service, client, submit, folder):
    assert submit(client).status_code == 201
    service.registry.register(folder, by="Asel")
    with pytest.raises(ContradictionError, match="embed"):
        service.promote_bundle("valley", "too early", override=True)
    assert service.bundles().active.name == DEFAULT_BUNDLE


def test_a_promotion_warns_where_nobody_looked_at_what_it_changes(service, client, submit, folder):
    assert submit(client).status_code == 201
    asked = Asked("november", 0.5, 0.01, DEFAULT_BUNDLE, "new", None, None, {}, {})
    Identifications.of(client.library.catalogue).keep(asked)
    service.registry.register(folder, by="Asel")
    (warned,) = service.bundle("valley").warnings
    assert "`reid consequences valley@1`" in warned
    assert service.re_embed("valley", promote="better", override=True).warnings == (warned,)
    assert service.re_embed("valley").warnings == ()
    assert service.bundle(DEFAULT_BUNDLE).warnings == ()


def test_a_file_goes_out_and_what_is_no_such_file_is_refused(service, folder, tmp_path):
    service.registry.register(folder, by="Asel")
    taken = tmp_path / "valley.reidbundle"
    taken.write_bytes(service.bundle_file("valley"))
    assert service.bring_bundle(taken).name == "valley"  # our own signature; known already
    spoilt = tmp_path / "spoilt.reidbundle"
    spoilt.write_bytes(taken.read_bytes()[:-100])
    with pytest.raises(ProblemError):
        service.bring_bundle(spoilt)
