"""What went wrong with a job, for people who are not at the machine. Pure."""

from __future__ import annotations

import re

_PLACE = re.compile(
    r"(?<![\w.:/~-])(?:~?/|[A-Za-z]:\\)(?:[^\s/\\'\"<>:;,]+[/\\])+([^\s/\\'\"<>:;,]*)"
)
_UNFORESEEN = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)): ")


def without_places(problem: str) -> str:
    """A problem without folders of the server, and of an error that nobody worded its kind alone.

    The whole of it stands in the database, in the command line's answers and in the worker's log.
    """
    unforeseen = _UNFORESEEN.match(problem)
    if unforeseen:
        return f"an unforeseen {unforeseen['kind']}; the worker's log says more"
    return _PLACE.sub(r".../\1", problem)
