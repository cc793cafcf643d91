"""What a paper is: one for each name, from the catalogue into files of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reid.catalogue import Catalogue
from reid.catalogue.individual_pages import IndividualPages
from reid.errors import InputError
from reid.exporters import Written
from reid.exporters.places import Exactness
from reid.paper.annotated import write_annotated
from reid.paper.dossier import Dossier, dossier
from reid.paper.file_names import file_name
from reid.paper.installed import pdf_is_there
from reid.paper.pages import dossier_html, sheet_html
from reid.paper.pdf import dossier_pdf, sheet_pdf
from reid.paper.sheet import Sheet, id_sheet

NO_PDF = "no PDF was written: it needs pip install 'leopard-reid[print]'; the HTML prints well too"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted. ``names``: of these individuals; empty: of everybody.

    ``exactness``: positions as the reader may see them; ``event``: who was whom after it.
    """

    exactness: Exactness
    title: str = "Known individuals"
    names: tuple[str, ...] = ()
    event: int | None = None


class Paper(Protocol):
    """Writes files into a folder."""

    def __call__(self, catalogue: Catalogue, target: Path, asked: Asked) -> Written:
        """Into ``target``, which is new or empty.

        Raises:
            NotFoundError: nobody of one of the names.
        """


def paper_for(name: str) -> Paper:
    """The paper of this name.

    Raises:
        InputError: no such paper.
    """
    if name not in PAPERS:
        raise InputError(f"format: expected one of {', '.join(PAPERS)}, found {name!r}")
    return PAPERS[name]


def as_pdf(told: Dossier | Sheet) -> bytes:
    """A paper as PDF.

    Raises:
        ConfigError: the extra ``print`` is not installed.
    """
    return dossier_pdf(told) if isinstance(told, Dossier) else sheet_pdf(told)


def _write_dossiers(catalogue: Catalogue, target: Path, asked: Asked) -> Written:
    files: list[Path] = []
    for name in asked.names or _everybody(catalogue, asked.event):
        told = dossier(catalogue, name, exactness=asked.exactness, event=asked.event)
        files += _both(target, file_name(told.name), told)
    return Written(tuple(files), _notes(files))


def _write_sheet(catalogue: Catalogue, target: Path, asked: Asked) -> Written:
    told = id_sheet(catalogue, title=asked.title, names=asked.names, event=asked.event)
    files = _both(target, "id-sheet", told)
    return Written(tuple(files), _notes(files))


def _write_annotated(catalogue: Catalogue, target: Path, asked: Asked) -> Written:
    names = asked.names or _everybody(catalogue, asked.event)
    return write_annotated(
        catalogue, target, names, exactness=asked.exactness, event=asked.event, rest=not asked.names
    )


def _everybody(catalogue: Catalogue, event: int | None) -> Iterator[str]:
    pages, after = IndividualPages.of(catalogue), ""
    while part := pages.individuals(limit=_PAGE, after=after, event=event):
        yield from (one.name for one in part)
        after = part[-1].name


def _both(target: Path, name: str, told: Dossier | Sheet) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    html = dossier_html(told) if isinstance(told, Dossier) else sheet_html(told)
    files = [target / f"{name}.html"]
    files[0].write_text(html, encoding="utf-8", newline="\n")
    if pdf_is_there():
        files.append(target / f"{name}.pdf")
        files[1].write_bytes(as_pdf(told))
    return files


def _notes(files: list[Path]) -> tuple[str, ...]:
    return () if pdf_is_there() or not files else (NO_PDF,)


PAPERS: dict[str, Paper] = {
    "dossier": _write_dossiers,
    "id-sheet": _write_sheet,
    "annotated": _write_annotated,
}
"""By the name that ``reid export`` takes."""
