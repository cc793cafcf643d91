"""What is asked of papers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.schemas.base import Text
from service.schemas.decisions import AsOf

MOST_ON_A_SHEET = 200
"""Individuals; some 100 kB each on the page."""
Form = Annotated[
    Literal["html", "pdf"],
    Field(description="`pdf` where the service has the extra `print`, else a 422 says so."),
]


class DossierAsked(AsOf):
    """How a dossier comes, of now or of then."""

    format: Form = "html"


class SheetAsked(AsOf):
    """How an ID sheet comes, and whom it shows."""

    format: Form = "html"
    title: Annotated[Text, Field(min_length=1, max_length=200)] = "Known individuals"
    q: Annotated[str, Field(max_length=128, description="Part of a name.")] = ""
    after: Annotated[str, Field(max_length=255, description="Those after this name.")] = ""
    limit: int = Field(default=MOST_ON_A_SHEET, ge=1, le=MOST_ON_A_SHEET)
