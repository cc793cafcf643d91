"""What only the service can complain of; everything else is one of ``reid.errors``."""

from __future__ import annotations

from starlette.exceptions import HTTPException


class ServiceError(Exception):
    """Base of the service's own errors."""


class ConflictError(ServiceError):
    """The request contradicts what is stored; HTTP 409."""


class StaleError(ServiceError):
    """If-Match names another version; HTTP 412."""


class VersionNeededError(ServiceError):
    """A change without If-Match; HTTP 428."""


class UnauthorizedError(ServiceError):
    """Nobody knows who asks; HTTP 401."""


class ForbiddenError(ServiceError):
    """Who asks may not do that; HTTP 403."""


class StalePageError(ForbiddenError):
    """A page asks without a proof that fits its browser's session; HTTP 403."""


class UnavailableError(ServiceError):
    """Not now: HTTP 503 (429 for one who asks too much) with Retry-After."""

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class BusyError(UnavailableError):
    """Too much work is waiting already."""


class TooManyError(UnavailableError):
    """More than one key, or one address, may ask for; HTTP 429."""


class NotReadyError(UnavailableError):
    """Models or catalogue are not loaded."""


class BodyTooLargeError(HTTPException):
    """The body is over the limit; HTTP 413.

    An HTTPException, because FastAPI lets only those out of its reading of a body.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            413,
            f"expected a body of at most {limit:,} bytes, found more; send fewer or smaller "
            "files, or split the sighting",
        )
