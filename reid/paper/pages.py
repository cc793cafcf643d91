"""Papers as HTML that stands alone: styles and pictures inside, no script, ready to print."""

from __future__ import annotations

import base64
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup

from reid.evidence.environment import environment_of
from reid.paper.dossier import Dossier, Picture
from reid.paper.drawn_map import Map, map_svg
from reid.paper.sheet import Sheet


def dossier_html(told: Dossier) -> str:
    """A dossier as one page; what users wrote is escaped."""
    return _environment().get_template("dossier.html").render(d=told)


def sheet_html(told: Sheet, *, following: str = "") -> str:
    """An ID sheet as one page; what users wrote is escaped. ``following``: address of the rest."""
    return _environment().get_template("sheet.html").render(s=told, following=following)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = environment_of(("reid", "paper"))
    environment.filters.update(src=_src, drawn=_drawn)
    return environment


def _src(picture: Picture) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture.content).decode()}"


def _drawn(found: Map) -> Markup:
    return Markup(map_svg(found))  # numbers alone: nothing in it was written by anybody
