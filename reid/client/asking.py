"""What the client's parts share: sending, and answers as values."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from reid.client.errors import UnexpectedAnswerError
from reid.client.operation import Ask
from reid.client.results import Result
from reid.client.transport import Transport

R = TypeVar("R", bound=Result)


class Asking:
    """Sends requests; use ``Client``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _result(self, kind: type[R], ask: Ask) -> R:
        """The answer as a value.

        Raises:
            UnexpectedAnswerError: it is not what the service documents.
        """
        answer = self._transport.send(ask)
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as error:
            raise UnexpectedAnswerError(
                f"{ask.method} {ask.path}: expected a {kind.__name__} of this version, found "
                f"something else; is the service of another version? {error}"
            ) from error

    def _bytes(self, ask: Ask) -> bytes:
        return self._transport.send(ask).content

    def _text(self, ask: Ask) -> str:
        return self._transport.send(ask).text
