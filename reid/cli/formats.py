"""``reid import`` and ``reid export``: other tools' formats in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import say, show, show_json
from reid.cli.deciding import By
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.sessions import OccasionDays, SessionMonths, SessionTable, told_sessions

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.exporters import Writing, Written
    from reid.exporters.places import Exactness
    from reid.importers import Report, Stored
    from reid.importers.columns import ColumnMeant
    from reid.importers.store import Save
    from reid.survey import Problems

SHOWN, OF_A_KIND = 300, 3
Format = Annotated[str | None, typer.Option("--format", help="Its name; without, it is told.")]
Species = Annotated[
    list[str] | None, typer.Option(help="Scientific names; without, leopards. Repeatable.")
]


def import_(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file, folder or zip.")],
    by: By,
    name: Format = None,
    files: Annotated[Path | None, typer.Option(help="The folder that paths lie below.")] = None,
    prefix: Annotated[str, typer.Option(help="Goes before every id.")] = "",
    dates: Annotated[str | None, typer.Option(help="dmy or mdy: how 3/4/2018 is meant.")] = None,
    columns: Annotated[
        Path | None, typer.Option(help="CSV theirs,ours: what columns of any table mean.")
    ] = None,
    deployments: Annotated[
        Path | None,
        typer.Option(help="Camtrap DP's deployments.csv, for MegaDetector's results."),
    ] = None,
    gap_minutes: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1440,
            help="A pause this long ends a sighting of files without events; 0: each file is one. "
            "Default: 2 for MegaDetector's results, else 0.",
        ),
    ] = None,
    species: Species = None,
    licence: options.Licence = "",
    exif_positions: options.ExifPositions = False,
    same_names: Annotated[
        bool, typer.Option("--same-names", help="A name known here is the same animal.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take changed records of the source anew.")
    ] = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="Look for the animals and measure them at once.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")] = False,
    threads: options.Threads = 1,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Show what a source holds and what is odd about it; with --yes, take it in."""
    from reid.errors import InputError
    from reid.importers import Reading, cut_events, gap_for, importer_for, report_of, store
    from reid.importers.deployments import check_taken
    from reid.importers.exif_places import take_exif_positions
    from reid.importers.files import Files
    from reid.importers.plan import SPECIES
    from reid.survey import Problems, Survey
    from reid.survey.licences import stated

    if dates not in (None, "dmy", "mdy"):
        raise InputError(f"--dates: expected dmy or mdy, found {dates!r}")
    kind, importer = importer_for(source, name or ("table" if columns else None))
    if yes and kind == "table" and columns is None:
        raise InputError(
            "table: expected --columns mapping.csv, so that nothing is taken for what it is not; "
            "without --yes a mapping is proposed"
        )
    if deployments is not None:
        check_taken(kind, "--deployments")
    rest = stated(licence, "--licence")
    day_first = None if dates is None else dates == "dmy"
    chosen, problems = tuple(species or SPECIES), Problems()
    with Survey() as survey:
        reading = Reading(
            day_first, prefix, columns=_columns(columns), deployments=deployments, files=files
        )
        root = importer.read(source, survey, problems, reading)
        if rest:
            survey.license_rest(rest)
        lying = Files(*([files] if files else []), root)
        if exif_positions:
            take_exif_positions(survey, lying, problems)
        cut = cut_events(survey, gap_for(kind, gap_minutes), prefix)
        done = None
        if yes:
            with _opened(data_dir, threads, measure=measure) as (catalogue, save):
                done = store(
                    survey,
                    catalogue,
                    lying,
                    problems,
                    source=f"{source.name} ({kind})",
                    by=by,
                    species=chosen,
                    same_names=same_names,
                    replace=replace,
                    save=save,
                )
        report = report_of(survey, problems, lying, chosen, cut)
    _tell(kind, report, done, as_json)


def export(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help="Its name.")],
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where it is written.")],
    by: By,
    role: Annotated[str, typer.Option(help="Positions as this role sees them.")] = "viewer",
    exact: Annotated[
        bool, typer.Option("--exact-places", help="Exact positions; never to be published.")
    ] = False,
    event: Annotated[int | None, typer.Option(help="Who was whom after this event.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Of times without one: +05:00 or Asia/Aqtau.")
    ] = None,
    title: Annotated[str, typer.Option(help="Of the package.")] = "Leopards of a survey",
    species: Species = None,
    occasion_days: OccasionDays = 1,
    session_months: SessionMonths = 0,
    sessions: SessionTable = None,
    crs: Annotated[str, typer.Option(help="EPSG code of metres; without, the UTM zone.")] = "",
    individual: Annotated[
        list[str] | None, typer.Option(help="Of papers: these alone. Repeatable.")
    ] = None,
    draws: Annotated[int, typer.Option(min=0, help="Groupings drawn where unsure.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    check: Annotated[
        bool, typer.Option("--check", help="Validate a written Camtrap DP package.")
    ] = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Write what the catalogue knows as another tool, or a person, reads it."""
    from reid.errors import InputError
    from reid.exporters import Writing
    from reid.importers.plan import SPECIES
    from reid.survey.moments import read_zone

    write = _writer(name, tuple(individual or ()))
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise InputError(f"{target}: expected a new or empty folder: old files would mix with new")
    writing = Writing(
        title=title,
        by=by,
        zone=read_zone(time_zone) if time_zone else None,
        species=tuple(species) if species else SPECIES,
        occasion_days=occasion_days,
        session_months=session_months,
        sessions=told_sessions(sessions, session_months),
        crs=crs,
        draws=draws,
        seed=seed,
    )
    exactness = _exactness(data_dir, role, exact)
    with open_catalogue(data_dir) as catalogue:
        last = catalogue.last_event() if event is None else event
        written = write(catalogue, target, writing, exactness, event)
        catalogue.note_export(name, _digest(written.files), by=by, up_to=last)
    wrong = _checked(name, target) if check else []
    if as_json:
        files = [str(file) for file in written.files]
        show_json({"files": files, "notes": list(written.notes), "invalid": wrong})
        return
    for file in written.files:
        show(str(file))
    for note in written.notes:
        say(note)
    for sentence in wrong:
        say(f"not valid: {sentence}")


def _columns(file: Path | None) -> Sequence[ColumnMeant] | None:
    from reid.errors import InputError
    from reid.importers.columns import read_columns

    if file is None:
        return None
    try:
        return read_columns(file.read_bytes(), file.name)
    except OSError as error:
        raise InputError(f"--columns {file}: cannot be read: {error.strerror or error}") from error


Write = Callable[["Catalogue", Path, "Writing", "Exactness", int | None], "Written"]


def _writer(name: str, individuals: tuple[str, ...]) -> Write:
    """What writes this format: a paper from the catalogue, an exporter from a snapshot of it."""
    from reid.errors import InputError
    from reid.exporters import FORMATS, exporter_for, snapshot
    from reid.paper.contract import PAPERS, Asked, paper_for

    if name in PAPERS:
        paper = paper_for(name)
        return lambda catalogue, target, writing, exactness, event: paper(
            catalogue, target, Asked(exactness, writing.title, individuals, event)
        )
    if name not in FORMATS:
        known = ", ".join([*FORMATS, *PAPERS])
        raise InputError(f"format: expected one of {known}, found {name!r}")
    if individuals:
        raise InputError(f"--individual: only for {', '.join(PAPERS)}, found it with {name}")
    exporter = exporter_for(name)

    def write(
        catalogue: Catalogue,
        target: Path,
        writing: Writing,
        exactness: Exactness,
        event: int | None,
    ) -> Written:
        with snapshot(catalogue, exactness=exactness, event=event) as survey:
            return exporter.write(survey, target, writing)

    return write


@contextmanager
def _opened(
    data_dir: Path | None, threads: int, *, measure: bool
) -> Iterator[tuple[Catalogue, Save | None]]:
    """The catalogue, and how sightings are stored: None as they are, or measured."""
    if not measure:
        with open_catalogue(data_dir) as catalogue:
            yield catalogue, None
        return
    from reid.cli.console import working
    from reid.cli.engines import open_library

    with working() as told, open_library(data_dir, threads, told) as library:
        yield library.catalogue, lambda sighting, _: library.add(sighting).saved


def _exactness(data_dir: Path | None, role: str, exact: bool) -> Exactness:
    from reid.errors import InputError
    from reid.people.roles import Role

    if exact:
        return "exact"
    known = [one.value for one in Role]
    if role not in known:
        raise InputError(f"--role: expected one of {', '.join(known)}, found {role!r}")
    found: Exactness = getattr(read_settings(data_dir), f"places_{role}")
    return found


def _digest(files: tuple[Path, ...]) -> str:
    import hashlib

    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def _checked(name: str, target: Path) -> list[str]:
    from reid.exporters.check import check_package

    return check_package(target) if name == "camtrap-dp" else []


def _tell(kind: str, report: Report, done: Stored | None, as_json: bool) -> None:
    if as_json:
        show_json({"format": kind, **_report_json(report), "done": _done_json(done)})
        return
    show(
        f"{kind}: {report.deployments} deployments, {report.media} files, "
        f"{report.observations} observations",
        f"observations: {_counts(report.types)}",
        f"sightings with files: {report.sightings}; of {report.individuals} named animals: "
        f"{report.named_sightings}",
        f"files: {_counts(report.files)}",
        f"licences of files: {_counts(_licences(report))}",
    )
    if report.cut is not None:
        show(f"put together: {report.cut}")
    if report.columns:
        show("columns, as a file for --columns:", *report.columns.splitlines())
    for sentence in report.lacking:
        show(f"lacking: {sentence}")
    _tell_problems(report.problems)
    if done is None:
        show("Nothing was changed; add --yes to do it.")
        return
    show(
        f"Done: {done.new} new sightings, {done.known} known, {done.left} not stored; "
        f"{done.named} named."
    )
    if done.new > done.named:
        show("Next: `reid jobs group` looks for the animals and proposes which are one.")


def _tell_problems(problems: Problems) -> None:
    """Of a kind the first ones, and how many more there are."""
    shown: Counter[tuple[str, str, str]] = Counter()
    for problem in problems.kept:
        kind = problem.file, problem.column, problem.expected
        shown[kind] += 1
        if shown[kind] < OF_A_KIND or problems.counts[kind] == OF_A_KIND:
            say(str(problem))
        elif shown[kind] == OF_A_KIND:
            say(f"{problem}; and {problems.counts[kind] - OF_A_KIND} more such")
        if shown.total() == SHOWN:
            break
    if len(problems) > SHOWN:
        say(f"{len(problems)} in all; --json lists up to 100 of a kind")


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{many} {word}" for word, many in found.items()) or "none"


def _licences(report: Report) -> dict[str, int]:
    own = "not stated, so your own (--licence says otherwise)"
    return {licence or own: many for licence, many in report.licences.items()}


def _report_json(report: Report) -> dict[str, object]:
    return {
        "deployments": report.deployments,
        "media": report.media,
        "observations": report.observations,
        "types": report.types,
        "sightings": report.sightings,
        "individuals": report.individuals,
        "files": report.files,
        "licences": report.licences,
        "lacking": list(report.lacking),
        "put_together": None if report.cut is None else str(report.cut),
        "columns": report.columns,
        "problems": [str(problem) for problem in report.problems.kept],
        "problemCount": len(report.problems),
    }


def _done_json(done: Stored | None) -> dict[str, int] | None:
    if done is None:
        return None
    return {"new": done.new, "known": done.known, "left": done.left, "named": done.named}
