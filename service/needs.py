"""Which role each route needs, and which limit it counts against: the one table.

A route that is not in it is closed to all but admins; a test names it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reid.people import Role

Limit = Literal["uploads", "searches"]


@dataclass(frozen=True, slots=True)
class Need:
    """``role`` None: nobody is asked who they are. ``kinds``: by ``kind`` of the body."""

    role: Role | None
    limit: Limit | None = None
    kinds: Mapping[str, Role] = field(default_factory=dict)

    def role_for(self, told: Mapping[str, Any]) -> Role | None:
        """The role needed for this body."""
        kind = told.get("kind")
        return self.kinds.get(kind, self.role) if isinstance(kind, str) else self.role


PUBLIC = Need(None)
VIEWER = Need(Role.VIEWER)
CONTRIBUTOR = Need(Role.CONTRIBUTOR)
REVIEWER = Need(Role.REVIEWER)
ADMIN = Need(Role.ADMIN)
UPLOAD = Need(Role.CONTRIBUTOR, "uploads")
SEARCH = Need(Role.CONTRIBUTOR, "searches")

NEEDS: dict[str, Need] = {
    "GET /v1/health": PUBLIC,
    "GET /v1/ready": PUBLIC,
    "GET /v1/openapi.json": PUBLIC,
    "GET /v1/metrics": VIEWER,
    "POST /v1/sightings": UPLOAD,
    "GET /v1/sightings": VIEWER,
    "GET /v1/sightings/{sighting_id}": VIEWER,
    "GET /v1/sightings/{sighting_id}/frames": VIEWER,
    "GET /v1/sightings/{sighting_id}/likely": REVIEWER,
    "GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/picture": VIEWER,
    "GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/crop": VIEWER,
    "GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/frame": VIEWER,
    "POST /v1/comparisons": SEARCH,
    "GET /v1/comparisons": VIEWER,
    "GET /v1/comparisons/{comparison_id}": VIEWER,
    "GET /v1/comparisons/{comparison_id}/report": VIEWER,
    "GET /v1/comparisons/{comparison_id}/matches": VIEWER,
    "GET /v1/comparisons/{comparison_id}/pictures/{name}": VIEWER,
    "POST /v1/identifications": SEARCH,
    "GET /v1/identifications": VIEWER,
    "GET /v1/identifications/{identification_id}": VIEWER,
    "GET /v1/individuals": VIEWER,
    "GET /v1/individuals/{name}": VIEWER,
    "GET /v1/individuals/{name}/dossier": VIEWER,
    "GET /v1/id-sheet": VIEWER,
    "PATCH /v1/individuals/{name}": REVIEWER,
    "GET /v1/individuals/{name}/contradictions": REVIEWER,
    "POST /v1/individuals/{name}/sightings": REVIEWER,
    "POST /v1/individuals/{name}/sightings/{sighting_id}/withdraw": REVIEWER,
    "POST /v1/decisions": REVIEWER,
    "GET /v1/decisions": VIEWER,
    "POST /v1/decisions/preview": REVIEWER,
    "POST /v1/exports": CONTRIBUTOR,
    "GET /v1/abundance": SEARCH,
    "GET /v1/clocks": VIEWER,
    "POST /v1/clocks": REVIEWER,
    "POST /v1/clocks/preview": REVIEWER,
    "POST /v1/clocks/{number}/undo": REVIEWER,
    "GET /v1/clocks/suspects": REVIEWER,
    "POST /v1/exports/{name}": CONTRIBUTOR,
    "POST /v1/imports": UPLOAD,
    "POST /v1/imports/files": UPLOAD,
    "GET /v1/decisions/{number}": VIEWER,
    "POST /v1/decisions/{number}/undo": REVIEWER,
    "POST /v1/review/next": REVIEWER,
    "GET /v1/review/items/{item_id}": REVIEWER,
    "POST /v1/review/items/{item_id}/opinion": REVIEWER,
    "POST /v1/review/items/{item_id}/skip": REVIEWER,
    "POST /v1/review/items/{item_id}/take-back": REVIEWER,
    "GET /v1/review/progress": REVIEWER,
    "POST /v1/review/items/{item_id}/answer": REVIEWER,
    "GET /v1/review/queue": REVIEWER,
    "GET /v1/review/rates": REVIEWER,
    "GET /v1/review/disputes": REVIEWER,
    "POST /v1/index/rebuild": ADMIN,
    "POST /v1/jobs": Need(
        Role.CONTRIBUTOR, "searches", {"rebuild-index": Role.ADMIN, "replay-bundle": Role.ADMIN}
    ),
    "GET /v1/jobs": VIEWER,
    "GET /v1/jobs/{job_id}": VIEWER,
    "GET /v1/jobs/{job_id}/events": VIEWER,
    "GET /v1/jobs/{job_id}/curve": VIEWER,
    "POST /v1/jobs/{job_id}/cancel": CONTRIBUTOR,
    "GET /v1/jobs/{job_id}/files/{name}": VIEWER,
    "POST /v1/training-runs": ADMIN,
    "GET /v1/training-runs": VIEWER,
    "GET /v1/training-runs/readiness": VIEWER,
    "GET /v1/training-runs/{run_id}": VIEWER,
    "GET /v1/training-runs/{run_id}/files/{name}": ADMIN,
    "GET /v1/bundles": VIEWER,
    "POST /v1/bundles": Need(Role.ADMIN, "uploads"),
    "GET /v1/bundles/{reference}/file": ADMIN,
    "GET /v1/bundles/{reference}": VIEWER,
    "POST /v1/bundles/{reference}/promote": ADMIN,
    "POST /v1/bundles/{reference}/re-embed": ADMIN,
    "POST /v1/bundles/{reference}/trial": ADMIN,
    "GET /v1/promotions": VIEWER,
    "POST /v1/promotions/roll-back": ADMIN,
    "GET /v1/audit": ADMIN,
    "GET /v1/keys": ADMIN,
    "POST /v1/keys": ADMIN,
    "POST /v1/keys/{prefix}/revoke": ADMIN,
    # Pages show what their person may see; what they do goes through the routes above.
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "POST /logout": VIEWER,
    "GET /": VIEWER,
    "GET /upload": CONTRIBUTOR,
    "GET /import": CONTRIBUTOR,
    "GET /sightings": VIEWER,
    "GET /sightings/{sighting_id}": VIEWER,
    "GET /individuals": VIEWER,
    "GET /individuals/{name}": VIEWER,
    "GET /individuals/{name}/dossier": VIEWER,
    "GET /individuals/{name}/merge": REVIEWER,
    "GET /id-sheet": VIEWER,
    "GET /history": VIEWER,
    "GET /review": REVIEWER,
    "GET /review/record": REVIEWER,
    "GET /comparisons": VIEWER,
    "GET /comparisons/new": CONTRIBUTOR,
    "GET /comparisons/{comparison_id}": VIEWER,
    "GET /jobs": VIEWER,
    "GET /jobs/new": CONTRIBUTOR,
    "GET /jobs/{job_id}": VIEWER,
    "GET /models": VIEWER,
    "GET /clocks": VIEWER,
    "GET /clocks/{number}/undo": REVIEWER,
    "GET /settings": VIEWER,
    "POST /settings/sign-out-everywhere": VIEWER,
    "GET /settings/audit": ADMIN,
}
PUBLIC_PATHS = frozenset(route.split(" ", 1)[1] for route, n in NEEDS.items() if n.role is None)
STATIC = "/static/"
"""Styles, scripts and drawings of the pages: the same for everybody."""


def is_public(path: str) -> bool:
    """Whether an address is answered without asking who wants to know."""
    return path in PUBLIC_PATHS or path.startswith(STATIC)


def declared(method: str, template: str) -> str:
    """A route as the table names it."""
    return f"{method.upper()} {re.sub(':[a-z]+}', '}', template)}"


def need_of(method: str, template: str) -> Need:
    """What a route needs."""
    return NEEDS.get(declared(method, template), ADMIN)
