"""``reid keys``: create, list, revoke."""

import json

import pytest
from typer.testing import CliRunner

from reid.cli import app
from reid.people import is_key


@pytest.fixture
def keys(tmp_path):
    def run(*words):
        return CliRunner().invoke(app, ["keys", *words, "--data-dir", str(tmp_path / "data")])

    return run


def test_a_key_is_shown_once_and_never_again(keys):
    made = json.loads(keys("create", "Asel", "--role", "reviewer", "--json").stdout)
    assert is_key(made["key"])
    listed = keys("list", "--json")
    assert made["key"] not in listed.output
    (one,) = json.loads(listed.stdout)["keys"]
    assert (one["prefix"], one["person"], one["role"]) == (made["prefix"], "Asel", "reviewer")
    assert one["revoked_at"] is None


def test_a_revoked_key_stays_in_the_list(keys):
    assert "everybody is admin" in keys("list").output
    prefix = json.loads(keys("create", "Asel", "--role", "admin", "--json").stdout)["prefix"]
    assert keys("revoke", prefix).exit_code == 0
    assert json.loads(keys("list", "--json").stdout)["keys"][0]["revoked_at"]
    assert prefix in keys("list").output


def test_what_cannot_be_done(keys):
    assert keys("create", "Asel", "--role", "root").exit_code == 2
    assert keys("revoke", "nobody").exit_code == 2
