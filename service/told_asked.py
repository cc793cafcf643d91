"""Stored identifications as the service's answers."""

from __future__ import annotations

from typing import Any

from reid.catalogue.asked import Asked
from service.schemas.identifications import KeptIdentificationLine, KeptIdentificationOut

_OWN = ("id", "created_at", "sighting_id", "kind", "individual", "probability")
_ASKED = ("prior_known", "max_error", "up_to")


def kept_line(asked: Asked) -> KeptIdentificationLine:
    """In a line."""
    return KeptIdentificationLine.model_validate(_line(asked))


def kept_out(asked: Asked) -> KeptIdentificationOut:
    """With its candidates, its reasons and what it was made with."""
    told = {**asked.answer, "provenance": dict(asked.provenance)}
    return KeptIdentificationOut.model_validate({**told, **_line(asked)})


def _line(asked: Asked) -> dict[str, Any]:
    told = {name: getattr(asked, name) for name in (*_OWN, *_ASKED)}
    return {**told, "bundle": asked.provenance.get("bundle")}
