"""A typed client of the HTTP service.

::

    from reid.client import Client

    with Client("http://127.0.0.1:8000") as service:
        service.submit("november", sorted(Path("november").glob("*.jpg")), station="north")
        answer = service.compare(["november", "december"])
        print(answer.summary)

Answers are frozen values (``reid.client.results``), refusals are exceptions that carry the
service's problem (``reid.client.errors``): no time-out is ever an empty answer. Needs httpx and
pydantic only; no model is loaded.
"""

from reid.client.errors import (
    ClientError,
    ContradictionError,
    DeniedError,
    MissingError,
    NoAnswerError,
    Problem,
    ProblemError,
    UnavailableError,
    UnexpectedAnswerError,
)
from reid.client.retrying import NEVER, Retries
from reid.client.service import AsyncClient, Client

__all__ = [
    "NEVER",
    "AsyncClient",
    "Client",
    "ClientError",
    "ContradictionError",
    "DeniedError",
    "MissingError",
    "NoAnswerError",
    "Problem",
    "ProblemError",
    "Retries",
    "UnavailableError",
    "UnexpectedAnswerError",
]
