"""Which licence a package states for its files (``media``) and for what is said (``data``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from reid.survey import Media, Observation, Problems
from reid.survey.licences import spdx_of, unknown
from reid.survey.records import Record
from reid.types.licences import together

T = TypeVar("T", bound=Record)
SCOPES = ("data", "media")


@dataclass(frozen=True, slots=True)
class Stated:
    """SPDX expressions; "" where none was stated."""

    data: str = ""
    media: str = ""

    def over(self, record: T) -> T:
        """The record under its own licence, else under this one."""
        if isinstance(record, Media | Observation) and not record.licence:
            told = self.media if isinstance(record, Media) else self.data
            return replace(record, licence=told) if told else record
        return record


def licences_of(descriptor: Mapping[str, Any], file: str, problems: Problems) -> Stated:
    """The ``licenses`` of a data package; one without a scope is of both. Several of one scope
    hold together.
    """
    listed = descriptor.get("licenses", [])
    if not isinstance(listed, list):
        problems.add(file, 0, "licenses", "expected a list of licences", str(listed))
        return Stated()
    found: dict[str, set[str]] = {scope: set() for scope in SCOPES}
    for one in listed:
        licence = licence_of(one, file, problems)
        scope = one.get("scope") if isinstance(one, dict) else None
        for name in SCOPES if scope is None else (scope,):
            if name in found:
                found[name].add(licence)
            else:
                told = f"expected one of {', '.join(SCOPES)}; of neither"
                problems.add(file, 0, "licenses.scope", told, str(name))
    return Stated(together(found["data"]), together(found["media"]))


def licence_of(one: Any, file: str, problems: Problems) -> str:
    """By its address, its name, its title: the first that is a known licence."""
    keys = ("path", "url", "name", "title")
    texts = {key: t for key in keys if isinstance(one, dict) and isinstance(t := one.get(key), str)}
    said = {key: (text, spdx_of(text)) for key, text in texts.items() if text.strip()}
    if not said:
        problems.add(file, 0, "licenses", "expected a name or a path", str(one))
        return ""
    first = said.get("name") or next(iter(said.values()))
    text, licence = next((pair for pair in said.values() if not unknown(pair[1])), first)
    if unknown(licence) and licence != text:
        told = f"expected an SPDX licence such as CC-BY-4.0; kept as {licence}"
        problems.add(file, 0, "licenses", told, text)
    return licence
