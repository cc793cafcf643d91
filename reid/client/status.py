"""How the service is, and what it was told to keep."""

from __future__ import annotations

from typing import Any

from reid.client.asking import Asking
from reid.client.operation import Ask, operation
from reid.client.results import Audit, Health, Ready, Rebuilt


class AskStatus(Asking):
    """Health, readiness, metrics, the index, the audit log."""

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

    @operation("GET /v1/openapi.json")
    def openapi(self) -> dict[str, Any]:
        """The document that describes every route."""
        found: dict[str, Any] = self._transport.send(Ask("GET", "/v1/openapi.json")).json()
        return found
