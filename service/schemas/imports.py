"""Other tools' data in: what is asked, and what would come of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from reid.importers import FORMATS
from reid.importers.cutting import MOST_MINUTES
from service.schemas.base import In, Licence, Name, Out, Text
from service.schemas.jobs import ArchivePath

EXAMPLE: dict[str, Any] = {"by": "Asel", "source": "survey-2026/field.xlsx", "format": "table"}


class ImportIn(In):
    """How a source is read. Nothing is changed unless `confirm` is true: look first."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    by: Name
    source: ArchivePath | None = Field(
        default=None, description="Below the archives folder; without, a file is sent."
    )
    deployments: ArchivePath | None = Field(
        default=None,
        description="Of a source that knows none (MegaDetector's results): Camtrap DP's table of "
        "deployments below the archives folder. Without, a deployments.csv in the folder or zip "
        "file that the source is.",
    )
    format: str | None = Field(default=None, json_schema_extra={"enum": [*FORMATS, None]})
    prefix: Annotated[str, Field(max_length=32, pattern=r"^[\w.-]*$")] = ""
    dates: Literal["dmy", "mdy"] | None = Field(
        default=None, description="How 3/4/2018 is meant; without, it is not read."
    )
    columns: str = Field(
        default="",
        max_length=20_000,
        description="CSV theirs,ours,value,format: what the columns of any table mean.",
    )
    gap_minutes: float | None = Field(
        default=None,
        ge=0,
        le=MOST_MINUTES,
        description="A pause this long ends a sighting of files without events; 0: each file is "
        "one. Without, 2 for MegaDetector's results and 0 for others.",
    )
    exif_positions: bool = Field(
        default=False, description="Deployments without a position take that of their EXIF."
    )
    species: list[Text] = Field(default=[], max_length=50)
    licence: Licence = Field(
        default="",
        description="SPDX, of what the source states none for; empty: it is your own.",
    )
    same_names: bool = Field(default=False, description="A name known here is the same animal.")
    replace: bool = Field(default=False, description="Take changed records of the source anew.")
    confirm: bool = False


class DoneOut(Out):
    """What was taken in: `new` sightings, `known` ones, `left` out; `named` individuals."""

    new: int
    known: int
    left: int
    named: int
    sighting_ids: list[str] = Field(description="Of the new ones, the first 1,000.")


class ImportOut(Out):
    """What a source holds and what is odd about it; `done` once it was confirmed."""

    format: str
    deployments: int
    media: int
    observations: int
    types: dict[str, int]
    sightings: int = Field(description="With a file at hand.")
    individuals: int
    named_sightings: int
    files: dict[str, int]
    licences: dict[str, int] = Field(
        description="Files by their licence (SPDX); empty: none was stated."
    )
    lacking: list[str]
    put_together: str = Field(description="Which events files without one were put together to.")
    columns: str = Field(description="How columns of a table were taken; to mend and send back.")
    problems: list[str] = Field(description="With file, row and column; up to 100 of a kind.")
    problem_count: int
    done: DoneOut | None


class ExportAsIn(In):
    """How an export is written; positions are those that the role may see."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "Asel"}]})

    by: Name
    title: Annotated[Text, Field(max_length=200)] = "Leopards of a survey"
    time_zone: str | None = Field(default=None, max_length=64, examples=["+05:00", "Asia/Aqtau"])
    event: Annotated[int, Field(ge=0, le=2**53)] | None = None
    species: list[Text] = Field(default=[], max_length=50)
    occasion_days: int = Field(default=1, ge=1, le=3650)
    crs: Annotated[str, Field(max_length=32, pattern=r"^[\w:]*$")] = ""
    draws: int = Field(default=0, ge=0, le=1000)
    individuals: list[Text] = Field(
        default=[], max_length=500, description="Of papers: these alone; none of other formats."
    )
    seed: int = Field(default=0, ge=0, le=2**31)
