"""Logs as lines of text or of JSON, with the request and the job that each line is about.

A line never holds what must not be kept: keys and numbers as exact as coordinates are struck
out, and of an error that nobody foresaw its name and its place are told, not its words.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

LogFormat = Literal["json", "text"]
_KEY = re.compile(r"lrk_[A-Za-z0-9_-]+")
_EXACT = re.compile(r"(?<![\w.])-?\d{1,3}\.\d{4,}(?![\w.])")
_about: ContextVar[dict[str, str]] = ContextVar("reid_log_about", default={})  # noqa: B039 - never changed


@contextmanager
def about(**names: str) -> Iterator[None]:
    """Lines of the block carry these, as ``request_id`` and ``job_id``; threads begun by it too."""
    token = _about.set({**_about.get(), **names})
    try:
        yield
    finally:
        _about.reset(token)


def clean(text: str) -> str:
    """The text without keys, and without numbers of four decimals and more: they may be places."""
    return _EXACT.sub("(number)", _KEY.sub("lrk_(key)", text))


class _Lines(logging.Formatter):
    """One line a record."""

    def format(self, record: logging.LogRecord) -> str:
        told = self.fields(record)
        return self.line({k: clean(v) if isinstance(v, str) else v for k, v in told.items()})

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """What the line says, in its order."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_about.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.format_tb(record.exc_info[2])
            told |= {"error": record.exc_info[0].__name__, "trace": "".join(frames)}
        return told

    def line(self, told: dict[str, Any]) -> str:
        """The line."""
        raise NotImplementedError


class JsonLines(_Lines):
    """Each line a JSON object: ``at``, ``level``, ``logger``, ``message``, ``pid`` and more."""

    def line(self, told: dict[str, Any]) -> str:
        """The line."""
        return json.dumps({**told, "pid": os.getpid()}, default=str)


class TextLines(_Lines):
    """Each line for people; only a trace takes more than one."""

    def line(self, told: dict[str, Any]) -> str:
        """The line."""
        head = f"{told.pop('at')} {told.pop('logger')} {told.pop('message')}"
        level, trace = told.pop("level"), told.pop("trace", "")
        named = [f"{name}={value}" for name, value in told.items() if str(value) not in head]
        loud = [level] if level in ("warning", "error", "critical") else []
        text = " ".join([head, *loud, *named])
        return f"{text}\n{trace.rstrip()}" if trace else text


def set_up_logs(form: LogFormat, *, stream: TextIO | None = None) -> None:
    """Send this process's log to ``stream`` (standard error) in one form.

    Where somebody else set up logging already, their handlers stay and only the level is set.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger().setLevel(logging.INFO)
    logging.captureWarnings(True)
    for loud in ("httpx", "httpcore", "alembic"):
        logging.getLogger(loud).setLevel(logging.WARNING)
