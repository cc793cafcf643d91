"""The audit log on every database: added to, never rewritten."""

import pytest

from reid.catalogue.access_keys import KeyStore
from reid.catalogue.audit import AuditLog
from reid.errors import CatalogueError
from reid.people import Role, matches


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entries SET who = 'nobody'", "DELETE FROM audit_entries"]
)
def test_the_audit_log_cannot_be_rewritten(catalogue, change):
    log = AuditLog.of(catalogue)
    about = {"sighting_ids": ["november"]}
    log.add("Asel", "POST /v1/x", about, key_prefix=None, status=200, request_id="r")
    with pytest.raises(CatalogueError, match="only added to"):
        log._write(lambda session: session.connection().exec_driver_sql(change))
    (entry,) = log.entries()
    assert (entry.number, entry.who, entry.about) == (1, "Asel", about)
    assert entry.at.tzinfo is not None
    assert log.entries(after=1) == []


def test_keys_are_found_by_their_prefix(catalogue):
    store = KeyStore.of(catalogue)
    made = store.create("Asel", Role.REVIEWER)
    found = store.find(made.prefix)
    assert (found.person, found.role, found.valid) == ("Asel", Role.REVIEWER, True)
    assert matches(made.text, found.hashed)
    store.revoke(made.prefix)
    assert not store.find(made.prefix).valid
    assert store.find("nobody") is None
