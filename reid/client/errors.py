"""What a client of the service raises.

::

    ReidError
    └── ClientError
        ├── NoAnswerError          no whole answer came: nobody knows whether it was done
        ├── UnexpectedAnswerError  an answer that is none of this service's
        └── ProblemError           the service refused, and says why
            ├── DeniedError        401, 403: no key, a wrong one, or another role is needed
            ├── MissingError       404
            ├── ContradictionError 409, 412: it contradicts what is so now; look again
            └── UnavailableError   429, 503, 507: not now; never an answer of "no match"
"""

from __future__ import annotations

from dataclasses import dataclass

from reid.errors import ReidError

URN = "urn:leopard-reid:problem:"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of what was sent."""

    where: str
    what: str
    code: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as the service tells it (RFC 9457); ``kind`` is the end of ``type``.

    ``request_id`` names the request in the service's log; ``retry_after_s`` None: not said.
    """

    status: int
    kind: str
    title: str
    detail: str
    request_id: str
    errors: tuple[FieldProblem, ...] = ()
    retry_after_s: float | None = None


class ClientError(ReidError):
    """Base of everything that a client of the service raises."""


class NoAnswerError(ClientError):
    """No whole answer came in time: what was asked may have been done or not."""


class UnexpectedAnswerError(ClientError):
    """Something answered that is not this service, or one of another version."""


class ProblemError(ClientError):
    """The service refused; ``problem`` is what it says."""

    def __init__(self, problem: Problem) -> None:
        fields = "; ".join(f"{field.where}: {field.what}" for field in problem.errors[:3])
        more = f" ({fields})" if fields and fields not in problem.detail else ""
        words = f"{problem.status} {problem.kind}: {problem.detail}{more}"
        super().__init__(f"{words} [request {problem.request_id}]")
        self.problem = problem


class DeniedError(ProblemError):
    """401 or 403: a key is needed, another key, or another role."""


class MissingError(ProblemError):
    """404: the catalogue does not hold it."""


class ContradictionError(ProblemError):
    """409 or 412: it contradicts what is so now; look again and decide anew."""


class UnavailableError(ProblemError):
    """429, 503 or 507: the service cannot answer now."""


BY_STATUS: dict[int, type[ProblemError]] = {
    401: DeniedError,
    403: DeniedError,
    404: MissingError,
    409: ContradictionError,
    412: ContradictionError,
    429: UnavailableError,
    503: UnavailableError,
    507: UnavailableError,
}


def problem_error(problem: Problem) -> ProblemError:
    """The error for a problem, by its status."""
    return BY_STATUS.get(problem.status, ProblemError)(problem)
