"""Requests over the wire: tried again where that is safe, refusals raised."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from reid.client.errors import (
    URN,
    FieldProblem,
    NoAnswerError,
    Problem,
    UnexpectedAnswerError,
    problem_error,
)
from reid.client.operation import Ask
from reid.client.retrying import Retries, may_repeat

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROBLEM = "application/problem+json"
SHOWN_CHARS = 200


@dataclass(slots=True)
class Transport:
    """Connections to one service; safe to share between threads. Never shows its key."""

    url: str
    key: str | None = field(default=None, repr=False)
    timeout_s: float = 600.0
    connect_s: float = 10.0
    retries: Retries = field(default_factory=Retries)
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)
    http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self.http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=httpx.Timeout(self.timeout_s, connect=self.connect_s),
            # no proxy of the environment stands between two processes of one machine
            trust_env=urlsplit(self.url).hostname not in LOOPBACK,
        )

    def send(self, ask: Ask) -> httpx.Response:
        """The service's answer, read whole.

        Raises:
            NoAnswerError: none came, after all tries.
            ProblemError: the service refused.
            UnexpectedAnswerError: a refusal that is none of this service's.
        """
        started, tried = time.monotonic(), 0
        while True:
            tried += 1
            answer, error = self._once(ask)
            if answer is not None and answer.is_success:
                return answer
            problem = None if answer is None else problem_in(answer)
            pause_s = None
            if _again(ask, answer, error, problem):
                asked_s = retry_after_s(answer)
                pause_s = self.retries.pause_s(tried, time.monotonic() - started, asked_s)
            if pause_s is None:
                raise refusal(ask, answer, problem, error, tried) from error
            self.sleep(pause_s)

    def _once(self, ask: Ask) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        with ExitStack() as opened:  # files are read anew, in pieces, by every try
            try:
                return self.http.request(ask.method, ask.path, **_content(ask, opened)), None
            except httpx.TransportError as error:
                return None, error

    def close(self) -> None:
        """Close all connections."""
        self.http.close()


def _content(ask: Ask, opened: ExitStack) -> dict[str, Any]:
    found: dict[str, Any] = {"params": dict(ask.params), "headers": dict(ask.headers)}
    if ask.json is not None:
        found["json"] = ask.json
    parts: list[tuple[str, Any]] = []
    if ask.metadata is not None:
        parts.append(("metadata", (None, ask.metadata, "application/json")))
    for file in ask.files:
        stream = opened.enter_context(file.path.open("rb"))
        parts.append((file.part, (file.name, stream, "application/octet-stream")))
    if parts:
        found["files"] = parts
    return found


def _again(
    ask: Ask,
    answer: httpx.Response | None,
    error: httpx.TransportError | None,
    problem: Problem | None,
) -> bool:
    if answer is None:  # what was not sent at all cannot have been done
        never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return never_sent or ask.repeatable
    kind = problem.kind if problem else None
    return may_repeat(repeatable=ask.repeatable, kind=kind, status=answer.status_code)


def refusal(
    ask: Ask,
    answer: httpx.Response | None,
    problem: Problem | None,
    error: httpx.TransportError | None,
    tried: int,
) -> Exception:
    """What is raised when no try succeeded."""
    what = f"{ask.method} {ask.path}"
    if answer is None:
        doubt = "" if ask.repeatable else "; it may have been done: look before asking again"
        name = type(error).__name__
        return NoAnswerError(f"{what}: no answer after {tried} tries ({name}: {error}){doubt}")
    if problem is not None:
        return problem_error(problem)
    return UnexpectedAnswerError(
        f"{what}: expected an answer of leopard-reid, found {answer.status_code} with "
        f"{answer.text[:SHOWN_CHARS]!r}; check the address and what stands before the service"
    )


def problem_in(answer: httpx.Response) -> Problem | None:
    """The problem that a refusal carries; None when it carries none."""
    if not answer.headers.get("content-type", "").startswith(PROBLEM):
        return None
    try:
        told = answer.json()
        fields = tuple(FieldProblem(e["where"], e["what"], e["code"]) for e in told["errors"])
        kind = str(told["type"]).removeprefix(URN)
        return Problem(
            int(told["status"]),
            kind,
            str(told["title"]),
            str(told["detail"]),
            str(told["request_id"]),
            fields,
            retry_after_s(answer),
        )
    except (ValueError, KeyError, TypeError):
        return None


def retry_after_s(answer: httpx.Response | None) -> float | None:
    """Seconds that the service asks to wait; None when it does not, or as a date."""
    text = "" if answer is None else answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None
