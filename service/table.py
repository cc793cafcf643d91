"""Which error is which HTTP status: the one table."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from reid import errors as reid_errors
from service import errors

URN = "urn:leopard-reid:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: HTTP status, code (end of the type URN), title.

    ``public`` is what the client reads instead of the error's own words: those speak to the
    operator, may name folders of the machine, and go to the log. ``retry_after_s``: waiting helps.
    """

    status: int
    code: str
    title: str
    public: str | None = None
    retry_after_s: int | None = None


INTERNAL = Kind(
    500,
    "internal",
    "The service failed",
    "A fault of the service, not of the request; report it with the request id.",
)
STORAGE_FULL = Kind(
    507,
    "storage-full",
    "No room left",
    "No room left where the service stores; nothing was written. Ask its operator to make room.",
)
INVALID = Kind(422, "invalid", "The request cannot be used")
MALFORMED = Kind(400, "malformed", "The request cannot be read")

TABLE: dict[type[BaseException], Kind] = {
    reid_errors.NotFoundError: Kind(404, "not-found", "Not found"),
    reid_errors.ConflictError: Kind(409, "conflict", "Contradicts what is stored"),
    reid_errors.InputsChangedError: Kind(409, "inputs-changed", "The files were changed"),
    reid_errors.ImageLimitError: Kind(413, "too-large", "Too large"),
    reid_errors.InputError: INVALID,
    reid_errors.WeightsError: Kind(
        503,
        "weights",
        "Weights cannot be used",
        "The service's weights are missing or altered; its operator finds the file in the log "
        "and can run `reid weights verify`.",
    ),
    reid_errors.CatalogueBusyError: Kind(
        503,
        "catalogue-busy",
        "Others are writing",
        "Others wrote for so long that this request got no turn; nothing was written. Ask again.",
        retry_after_s=5,
    ),
    reid_errors.StorageFullError: STORAGE_FULL,
    reid_errors.ReadOnlyError: Kind(
        503,
        "read-only",
        "Nothing can be written",
        "The catalogue can be read, and not written: nothing was kept. The service's operator "
        "finds the reason in the log.",
    ),
    reid_errors.SchemaError: Kind(
        503,
        "schema",
        "Tables of another version",
        "The catalogue's tables are of another version than the service; its operator restarts "
        "or upgrades it.",
    ),
    reid_errors.CatalogueError: Kind(
        503,
        "catalogue",
        "The catalogue refused",
        "The catalogue could not be used and nothing was written; try again, or ask the "
        "service's operator, who finds the reason in the log.",
    ),
    reid_errors.SearchError: Kind(
        503,
        "search",
        "The search failed",
        "The search could not run. This is not an answer of `no match`: try again, or rebuild "
        "the index with POST /v1/index/rebuild.",
    ),
    errors.ConflictError: Kind(409, "conflict", "Contradicts what is stored"),
    errors.UnauthorizedError: Kind(401, "unauthorized", "Who asks?"),
    errors.ForbiddenError: Kind(403, "forbidden", "Not allowed"),
    errors.StalePageError: Kind(403, "stale-page", "The page is older than your session"),
    errors.TooManyError: Kind(429, "too-many", "Too many"),
    errors.StaleError: Kind(412, "stale", "Changed since"),
    errors.VersionNeededError: Kind(428, "version-needed", "A version is needed"),
    errors.BusyError: Kind(503, "busy", "Too much to do"),
    errors.NotReadyError: Kind(503, "not-ready", "Not ready"),
}

HTTP_KINDS = {
    400: MALFORMED,
    404: Kind(404, "not-found", "Not found", "No such address; see /v1/openapi.json."),
    405: Kind(405, "method", "Method not allowed", "See the Allow header and /v1/openapi.json."),
    408: Kind(408, "timeout", "The request took too long"),
    413: TABLE[reid_errors.ImageLimitError],
    415: Kind(415, "media-type", "Media type not accepted"),
}


def kind_of(error: BaseException) -> Kind:
    """The kind of an error: the nearest of its classes in the table, else internal."""
    if isinstance(error, HTTPException):
        return HTTP_KINDS.get(
            error.status_code, Kind(error.status_code, "http", "The request was refused")
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return STORAGE_FULL
    return next((TABLE[base] for base in type(error).__mro__ if base in TABLE), INTERNAL)
