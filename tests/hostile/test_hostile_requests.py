"""Hostile requests to a real service with little memory, and keys by force."""

import shutil

import pytest

from training.soak.brute import try_keys
from training.soak.hostile.over_http import not_in_log, send_all
from training.soak.processes import Service, Site

pytestmark = pytest.mark.slow
ROOM_BYTES = 6 << 30


def test_every_request_is_answered_refused_and_logged(tmp_path):
    bounded = ("prlimit", f"--as={ROOM_BYTES}") if shutil.which("prlimit") else ()
    service = Service(Site(tmp_path, before=bounded))
    try:
        service.start()
        service.wait_ready()
        found = send_all(service.url)
        assert service.alive
    finally:
        service.kill()
    assert found.broken == []
    assert found.tried > 300
    assert len(found.refused) > 200
    assert not_in_log(tmp_path / "service.log", found) == []


def test_keys_by_force():
    found = try_keys(60)
    assert found.broken == []
    assert found.refused == found.tried == 60
