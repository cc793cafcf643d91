"""What all schemas share: strict input, and the texts and times that many use."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from reid.errors import InputError
from reid.survey.licences import stated

ID_PATTERN = r"^[^\s./\\?#%\x00-\x1f\x7f][^/\\?#%\x00-\x1f\x7f]{0,127}$"
TEXT_PATTERN = r"^[^\x00-\x1f\x7f]*$"
EARLIEST, LATEST = 1900, 2100
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?\Z")


class In(BaseModel):
    """Input: unknown keys, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Out(BaseModel):
    """Output."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _only_iso(value: object) -> object:
    # A bare number would be read as seconds since 1970, which no camera writes.
    if not isinstance(value, datetime) and not (isinstance(value, str) and _ISO.match(value)):
        raise ValueError("expected an ISO 8601 date and time such as 2018-11-11T06:57:00")
    return value


def _in_our_time(value: datetime) -> datetime:
    if not EARLIEST <= value.year <= LATEST:
        raise ValueError(f"expected a year from {EARLIEST} to {LATEST}")
    return value


def _spdx(value: str) -> str:
    try:
        return stated(value)
    except InputError as error:
        raise ValueError(str(error)) from error


CameraTime = Annotated[
    datetime,
    BeforeValidator(_only_iso, json_schema_input_type=datetime),
    AfterValidator(_in_our_time),
    Field(
        description="ISO 8601; without an offset it is the camera's clock as it stood.",
        examples=["2018-11-11T06:57:00"],
    ),
]
Moment = Annotated[datetime, BeforeValidator(_only_iso, json_schema_input_type=datetime)]
Id = Annotated[
    str,
    Field(
        pattern=ID_PATTERN,
        max_length=128,
        description="Yours to choose: 1 to 128 characters, none of / \\ ? # %, "
        "not starting with a dot or a space.",
        examples=["november"],
    ),
]
Text = Annotated[str, Field(max_length=2000, pattern=TEXT_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=TEXT_PATTERN)]
FileName = Annotated[
    str,
    Field(min_length=1, max_length=255, pattern=TEXT_PATTERN, examples=["IMG_0001.JPG"]),
]
Licence = Annotated[
    str,
    Field(max_length=200, pattern=TEXT_PATTERN, examples=["CC-BY-NC-4.0"]),
    AfterValidator(_spdx),
]
"""An SPDX expression, or a Creative Commons address; "" where nobody states one."""
Known = Annotated[str, Path(min_length=1, max_length=1024)]
"""An id or name in an address: whatever is stored may be asked for."""
