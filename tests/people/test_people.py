"""Keys, roles and positions: what must be impossible."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.audit import AuditLog
from reid.errors import InputError, NotFoundError
from reid.people import (
    PRECISIONS,
    Role,
    generalised,
    generalised_text,
    hash_key,
    is_key,
    make_key,
    matches,
    prefix_of,
)

LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)
ROUNDED = [one for one in PRECISIONS if one != "withheld"]


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened


def test_a_key_cannot_be_read_out_of_the_catalogue(catalogue, tmp_path):
    made = KeyStore.of(catalogue).create("Asel", Role.REVIEWER)
    secret = made.text.rpartition(f"{made.prefix}_")[2]
    assert is_key(made.text)
    assert prefix_of(made.text) == made.prefix
    assert matches(made.text, KeyStore.of(catalogue).find(made.prefix).hashed)
    for file in (tmp_path / "data").rglob("*"):
        assert file.is_dir() or secret.encode() not in file.read_bytes(), file.name
    assert secret not in f"{made!r} {KeyStore.of(catalogue).keys()!r}"
    assert KeyStore.of(catalogue).keys()[0].hashed.startswith("$argon2id$")


def test_another_key_never_fits():
    one, other = make_key(), make_key()
    assert not matches(other.text, one.hashed)
    assert not matches(one.text[:-1] + ("A" if one.text[-1] != "A" else "B"), one.hashed)
    assert not matches(one.text, "no hash at all")
    assert not matches(one.text, None)
    assert hash_key(one.text) != one.hashed, "every hash has its own salt"


def test_an_unknown_prefix_takes_as_long_as_a_wrong_secret():
    one, other = make_key(), make_key()

    def fastest(hashed):
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            matches(other.text, hashed)
            taken.append(time.perf_counter() - start)
        return min(taken)

    assert fastest(None) > fastest(one.hashed) / 2


@pytest.mark.parametrize(
    "text", ["", "lrk_", "lrk_abc_def", "x" * 57, "lrk_aaaaaaaaaa_\n" + "a" * 42]
)
def test_what_is_no_key_is_not_taken_for_one(text):
    assert not is_key(text)
    assert prefix_of(text) is None


def test_no_role_may_more_than_the_next():
    for place, role in enumerate(Role):
        assert [role.may(other) for other in Role] == [n <= place for n in range(len(Role))]
    with pytest.raises(InputError, match="viewer, contributor, reviewer, admin"):
        Role.read("root")


def test_revoking_the_last_key_opens_nothing(catalogue):
    store = KeyStore.of(catalogue)
    assert not store.any()
    prefix = store.create("Asel", Role.ADMIN).prefix
    ended = store.revoke(prefix)
    assert store.revoke(prefix).revoked_at == ended.revoked_at
    assert not store.find(prefix).valid
    assert store.any()
    with pytest.raises(NotFoundError, match="reid keys list"):
        store.revoke("nobody")
    with pytest.raises(InputError, match="1 to 128"):
        store.create(" ", Role.VIEWER)


def test_keys_cannot_be_made_or_ended_without_a_trace(catalogue):
    store = KeyStore.of(catalogue)
    made = store.create("Asel", Role.ADMIN)
    store.revoke(made.prefix)
    store.revoke(made.prefix)
    found = AuditLog.of(catalogue).entries()
    assert [(e.action, e.about["person"]) for e in found] == [
        ("keys create", "Asel"),
        ("keys revoke", "Asel"),
    ]
    assert made.text not in str(found)


@given(LATITUDES, LONGITUDES, st.sampled_from(ROUNDED))
def test_nothing_finer_than_the_precision_is_shown(latitude, longitude, precision):
    shown = generalised((latitude, longitude), precision)
    step = float(precision)
    for exact, told in ((latitude, shown.latitude), (longitude, shown.longitude)):
        assert abs(exact - told) <= step / 2 + 1e-9
        assert len(repr(told).partition(".")[2]) <= len(precision) - 2
    assert abs(shown.latitude) <= 90
    assert abs(shown.longitude) <= 180
    again = generalised((shown.latitude, shown.longitude), precision)
    assert again == shown, "asking again tells no more"
    assert precision in shown.generalizations


def test_withheld_is_told_apart_from_unknown():
    assert generalised(None, "0.1") == generalised(None, "withheld")
    hidden = generalised((43.27, 54.31), "withheld")
    assert (hidden.latitude, hidden.longitude, hidden.precision) == (None, None, None)
    assert "withheld" in hidden.withheld
    assert "43" not in repr(hidden)
    assert generalised_text("withheld") == ""
