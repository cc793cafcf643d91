"""A table of deployments beside a detector's results: Camtrap DP's ``deployments.csv``.

A folder of a file's path that is called as a deployment, its location or its camera says where the
file was taken; of several deployments there, the one whose time holds the file's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from reid.errors import InputError, TableError
from reid.importers.camtrap_rows import deployment_of
from reid.importers.contract import Reading
from reid.importers.lines import read_lines
from reid.survey import Deployment, Problems
from reid.survey.moments import seconds_apart

BESIDE = "deployments.csv"
TAKING = ("megadetector",)
"""Formats that know no deployments, and take a table of them beside."""
NEEDED = ("deploymentID", "deploymentStart", "deploymentEnd")


class Deployments:
    """Deployments by what a folder may be called."""

    def __init__(self, found: Sequence[Deployment], prefix: str = "") -> None:
        self.all = tuple(found)
        self._called: dict[str, list[Deployment]] = {}
        for one in found:
            for name in {one.id.removeprefix(prefix), one.location, one.name, one.camera} - {""}:
                self._called.setdefault(name.casefold(), []).append(one)

    def of(self, folders: Sequence[str], at: datetime | None) -> Deployment | str:
        """The deployment of a file in these folders, taken ``at``; or in words why there is none.

        The innermost folder that is called as one counts.
        """
        for folder in reversed(folders):
            known = self._called.get(folder.casefold(), [])
            if known:
                return _at(known, folder, at)
        return "expected a folder called as a deployment, location or camera of the table"


def _at(known: Sequence[Deployment], folder: str, at: datetime | None) -> Deployment | str:
    if len(known) == 1:
        return known[0]
    if at is None:
        return f"{folder} had {len(known)} deployments, and the file has no time to choose by"
    holding = [one for one in known if _holds(one, at)]
    if len(holding) == 1:
        return holding[0]
    return f"{folder} had {len(holding)} deployments out at {at.isoformat()}; expected one"


def _holds(one: Deployment, at: datetime) -> bool:
    """Zones are not compared with times that have none: these are taken as clocks stand."""
    if one.start is None or one.end is None:
        return False
    return seconds_apart(one.start, at) >= 0 and seconds_apart(at, one.end) >= 0


def check_taken(kind: str, where: str) -> None:
    """Raise InputError where a format takes no table; ``where`` names what gave one."""
    if kind not in TAKING:
        raise InputError(f"{where}: only for {', '.join(TAKING)}, found it with {kind}")


def read_deployments(path: Path, problems: Problems, reading: Reading) -> Deployments:
    """The table; a row without an id is noted and passed over.

    Raises:
        TableError: it cannot be read, or it has no deployment.
    """
    if not path.is_file():
        raise TableError(f"{path}: expected a table of deployments, found no file")
    lines = read_lines(
        lambda: path.open("rb"),
        path.name,
        problems,
        required=NEEDED,
        day_first=reading.day_first,
    )
    found: dict[str, Deployment] = {}
    for line in lines:
        if not line.text("deploymentID"):
            line.refuse("deploymentID", "expected an id; the row is passed over")
            continue
        one = deployment_of(line, reading.prefix)
        if found.setdefault(one.id, one) is not one:
            line.refuse("deploymentID", "expected each id once; the first row counts")
    if not found:
        raise TableError(f"{path.name}: expected a row for each deployment, found none")
    return Deployments(tuple(found.values()), reading.prefix)
