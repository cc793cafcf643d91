"""Server-sent events: what a job does, told until it has ended, also over broken connections."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx
from pydantic import ValidationError

from reid.client.errors import UnexpectedAnswerError
from reid.client.operation import Ask
from reid.client.results import Job
from reid.client.retrying import may_repeat
from reid.client.transport import Transport, problem_in, refusal, retry_after_s

SILENT_S = 60.0
"""The service speaks every 15 seconds, if only to say that it is there."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """An event of a stream; ``id`` is what the next stream goes on from."""

    name: str
    data: str
    id: str


def parse(lines: Iterable[str]) -> Iterator[ServerEvent]:
    """The events of a stream's lines, as the WHATWG standard reads them; comments are left out."""
    name, last_id, data = "", "", list[str]()
    for line in lines:
        if not line:
            if data:
                yield ServerEvent(name or "message", "\n".join(data), last_id)
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id":
            last_id = value


def job_events(transport: Transport, path: str) -> Iterator[Job]:
    """The job at every change, until it has ended. A stream that breaks is taken up again.

    Raises:
        NoAnswerError: the service stayed away.
        ProblemError: it refused.
    """
    last_id, tried, since = "", 0, time.monotonic()
    while True:
        ask = Ask("GET", path, headers={"Last-Event-ID": last_id} if last_id else {})
        tried += 1
        try:
            for event in _stream(transport, ask):
                last_id, tried, since = event.id, 0, time.monotonic()
                if event.name in ("job", "end"):
                    yield _job(event)
                if event.name == "end":
                    return
            pause_s = transport.retries.first_s  # the service leaves in good order
        except _Broken as broken:
            spent_s = time.monotonic() - since
            asked_s = retry_after_s(broken.answer)
            wait_s = transport.retries.pause_s(max(tried, 1), spent_s, asked_s)
            if wait_s is None:
                raise broken.refusal(ask, tried) from broken.error
            pause_s = wait_s
        transport.sleep(pause_s)


class _Broken(Exception):  # noqa: N818 - never shown
    """A stream that could not be had, or broke off; to be taken up again."""

    def __init__(
        self, answer: httpx.Response | None, error: httpx.TransportError | None = None
    ) -> None:
        super().__init__()
        self.answer, self.error = answer, error

    def refusal(self, ask: Ask, tried: int) -> Exception:
        problem = None if self.answer is None else problem_in(self.answer)
        return refusal(ask, self.answer, problem, self.error, tried)


def _stream(transport: Transport, ask: Ask) -> Iterator[ServerEvent]:
    timeout = httpx.Timeout(transport.connect_s, read=SILENT_S)
    try:
        with transport.http.stream(
            ask.method, ask.path, headers=dict(ask.headers), timeout=timeout
        ) as answer:
            if not answer.is_success:
                answer.read()
                problem = problem_in(answer)
                kind = problem.kind if problem else None
                if may_repeat(repeatable=True, kind=kind, status=answer.status_code):
                    raise _Broken(answer)
                raise refusal(ask, answer, problem, None, 1)
            yield from parse(answer.iter_lines())
    except httpx.TransportError as error:
        raise _Broken(None, error) from error


def _job(event: ServerEvent) -> Job:
    try:
        return Job.model_validate_json(event.data)
    except ValidationError as error:
        raise UnexpectedAnswerError(f"an event of a job: {error}") from error
