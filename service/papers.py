"""Dossiers and ID sheets as answers: pages to print and PDF, made for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.config import Precision
from reid.paper.installed import check_pdf
from service.addresses import written
from service.deciding import event_as_of
from service.pictures import page
from service.schemas.papers import DossierAsked, SheetAsked

KINDS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/html": {},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


def made_dossier(
    catalogue: Catalogue, name: str, asked: DossierAsked, precision: Precision
) -> str | bytes:
    """The dossier of an individual; blocking, some seconds.

    Raises:
        NotFoundError: nobody of that name.
        ConfigError: PDF was asked for, and the extra ``print`` is not installed.
    """
    # late: papers match stored features, which nothing else here does
    from reid.paper.dossier import dossier
    from reid.paper.pages import dossier_html
    from reid.paper.pdf import dossier_pdf

    if asked.format == "pdf":
        check_pdf()
    event = event_as_of(catalogue, asked.event, asked.at)
    told = dossier(catalogue, name, exactness=precision, event=event)
    return dossier_pdf(told) if asked.format == "pdf" else dossier_html(told)


def made_sheet(
    catalogue: Catalogue, asked: SheetAsked, address: Callable[[str], str]
) -> tuple[str | bytes, str]:
    """An ID sheet, and the address of what follows it ("": these are all); blocking.

    ``address``: of the sheet of those after a name.

    Raises:
        ConfigError: as of a dossier.
    """
    from reid.paper.pages import sheet_html
    from reid.paper.pdf import sheet_pdf
    from reid.paper.sheet import id_sheet

    if asked.format == "pdf":
        check_pdf()
    told = id_sheet(
        catalogue,
        title=asked.title,
        q=asked.q.strip(),
        event=event_as_of(catalogue, asked.event, asked.at),
        after=asked.after,
        limit=asked.limit,
    )
    following = "" if told.more is None else address(told.more)
    return (
        sheet_pdf(told) if asked.format == "pdf" else sheet_html(told, following=following),
        following,
    )


def after_address(request: Request) -> Callable[[str], str]:
    """This request's address for those after a name."""

    def address(name: str) -> str:
        url = request.url.include_query_params(after=name)
        return f"{written(request.scope)}?{url.query}"

    return address


def paper(request: Request, made: str | bytes, name: str) -> Response:
    """A paper as a page or a PDF file of this name; not to be kept: decisions change it."""
    if isinstance(made, str):
        response = page(request, made)
    else:
        response = Response(made, media_type="application/pdf")
        named = f"attachment; filename=\"paper.pdf\"; filename*=UTF-8''{quote(name, safe='')}.pdf"
        response.headers["Content-Disposition"] = named
    response.headers["Cache-Control"] = "private, no-store"
    return response
