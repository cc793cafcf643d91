"""Requests made from the document alone (Schemathesis): no 5xx, no answer of another shape."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from reid.catalogue.access_keys import KeyStore
from reid.config import Settings
from reid.people import Role
from reid.pipeline import Library
from service import create_app
from service.ports import Opened
from service.rates import Buckets

schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
REFUSALS = [400, 401, 403, 404, 405, 409, 413, 415, 422, 428, 429]
CONFIG = schemathesis.Config.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}
)
DOCUMENT = schemathesis.openapi.from_path(HERE / "openapi.golden.json", config=CONFIG)
STREAMS = r"/events$"
"""Of a job that nobody works on the stream never ends."""

EXCUSED = [
    # rules between fields (event or at, two different sightings) that a schema cannot say
    schemathesis.checks.CHECKS.get_one("positive_data_acceptance"),
]


def _conftest():
    spec = importlib.util.spec_from_file_location("service_conftest_again", HERE / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    """Address and headers of a service with everything but the networks, asked with a key."""
    from training.soak.light import light_engine

    tools = _conftest()
    chosen = Settings(data_dir=tmp_path_factory.mktemp("contract"), uploads_per_minute=0)
    chosen = chosen.model_copy(update={"searches_per_minute": 0})
    library = Library.open(light_engine(), chosen)
    key = KeyStore.of(library.catalogue).create("Asel", Role.ADMIN)
    opened = Opened(library, library.search.state, library.catalogue.close)
    app = create_app(chosen, library_factory=lambda _: opened)
    app.state.service.keeper.wrong = Buckets(per_minute=0, burst=1)  # hundreds of them are tried
    with tools.running(app) as client:
        tools.wait_ready(client)
        yield str(client.base_url), {"Authorization": f"Bearer {key.text}"}


@DOCUMENT.exclude(path_regex=STREAMS).parametrize()
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,  # `make soak` tries others each time
)
def test_every_operation_keeps_its_word(case, admin):
    base, headers = admin
    case.call_and_validate(base_url=base, headers=headers, excluded_checks=EXCUSED)
