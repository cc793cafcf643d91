"""How the service is, and what it was told to keep."""

from __future__ import annotations

from typing import Any

from reid.client.asking import Asking
from reid.client.operation import Ask, at, operation
from reid.client.results import Audit, Health, Key, Keys, NewKey, Ready, Rebuilt


class AskStatus(Asking):
    """Health, readiness, metrics, the index, the audit log, keys."""

    @operation("GET /v1/health")
    def health(self) -> Health:
        """The process is up."""
        return self._result(Health, Ask("GET", "/v1/health"))

    @operation("GET /v1/ready")
    def ready(self) -> Ready:
        """The service can answer. Waits as ``retries`` says while it is loading.

        Raises:
            UnavailableError: it cannot; ``problem.kind`` says which part is not well.
        """
        return self._result(Ready, Ask("GET", "/v1/ready"))

    @operation("GET /v1/metrics")
    def metrics(self) -> str:
        """Figures of the process that answers and of the catalogue, as Prometheus reads them."""
        return self._text(Ask("GET", "/v1/metrics"))

    @operation("POST /v1/index/rebuild")
    def rebuild_index(self) -> Rebuilt:
        """Make the search index anew from the catalogue."""
        return self._result(Rebuilt, Ask("POST", "/v1/index/rebuild"))

    @operation("GET /v1/audit")
    def audit(self, *, after: int = 0, limit: int = 100) -> Audit:
        """A page of who did what, oldest first."""
        return self._result(Audit, Ask("GET", "/v1/audit", {"after": after, "limit": limit}))

    @operation("GET /v1/keys")
    def keys(self) -> Keys:
        """Every key that was ever made, without their secrets."""
        return self._result(Keys, Ask("GET", "/v1/keys"))

    @operation("POST /v1/keys")
    def make_key(self, person: str, role: str) -> NewKey:
        """Make a key; its text is told this once. The first has to be an admin's.

        Raises:
            NoAnswerError: it may have been made; ``keys`` tells, and it can be revoked.
        """
        body = {"person": person, "role": role}
        return self._result(NewKey, Ask("POST", "/v1/keys", json=body, repeatable=False))

    @operation("POST /v1/keys/{prefix}/revoke")
    def revoke_key(self, prefix: str) -> Key:
        """End a key and all sessions of it. Raises ContradictionError for the last admin's."""
        return self._result(Key, Ask("POST", at("/v1/keys/{prefix}/revoke", prefix=prefix)))

    @operation("GET /v1/openapi.json")
    def openapi(self) -> dict[str, Any]:
        """The document that describes every route."""
        found: dict[str, Any] = self._transport.send(Ask("GET", "/v1/openapi.json")).json()
        return found
