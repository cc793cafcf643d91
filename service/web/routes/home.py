"""/: what waits, and how things are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.web.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """The first page."""
    return page(request, "home.html")
