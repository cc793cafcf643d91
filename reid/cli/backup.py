"""``reid backup``, ``reid restore``: a catalogue with its media, kept, checked, brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from reid.cli import options
from reid.cli.console import say, show, show_json, table_of, words, working
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.exits import Exit

if TYPE_CHECKING:
    from reid.backup import Manifest


class _Backup(TyperGroup):
    """``reid backup PLACE`` is ``reid backup make PLACE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command line, with ``make`` where no command is named."""
        if args and args[0] not in (*self.commands, "--help"):
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Backup,
    help="Keep a catalogue with its media: `reid backup PLACE`; verify, list.",
    no_args_is_help=True,
)
Place = Annotated[
    Path,
    typer.Argument(
        metavar="PLACE",
        help="A folder of backups, in which each file is kept once; or one new file, *.tar.",
    ),
]
Snapshot = Annotated[
    str | None, typer.Option(help="Its id, as `reid backup list` shows it; default the newest.")
]


@app.callback()
def backup() -> None:
    """Keep a catalogue with its media: `reid backup PLACE`; verify, list."""


@app.command()
def make(
    place: Place,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Forget all but so many of the newest snapshots.")
    ] = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Back up, while the service and its workers go on."""
    from reid.backup import back_up
    from reid.backup.packed import is_packed, packing

    with working() as told, open_catalogue(data_dir) as catalogue:
        if is_packed(place):
            with packing(place) as folder:
                made = back_up(catalogue, folder, progress=told)
        else:
            made = back_up(catalogue, place, keep=keep, progress=told)
    found = made.manifest
    if as_json:
        show_json({**_json(found), "copied": made.copied, "copied_bytes": made.copied_bytes})
    else:
        show(
            f"Kept as {found.id}: {_many(found)}; {made.copied:,} files "
            f"({_size(made.copied_bytes)}) were new to {place}."
        )
    if found.lost:
        say(f"{len(found.lost)} media are lost or altered, as {found.lost[0]}; run `reid doctor`")
        raise typer.Exit(Exit.REJECTED)


@app.command()
def verify(place: Place, snapshot: Snapshot = None, as_json: options.Json = False) -> None:
    """Read all of a snapshot: hashes, rows, references, the history of decisions."""
    from reid.backup import opened
    from reid.backup import verify as verify_backup

    with working() as told, opened(place) as folder:
        found = verify_backup(folder, snapshot, progress=told)
    if as_json:
        show_json({**_json(found.manifest), "files": found.files, "problems": found.problems})
    else:
        show(*found.problems)
        whole = "Not whole" if found.problems else "Whole"
        show(f"{whole}: {found.manifest.id}, {_many(found.manifest)}.")
    if found.problems:
        raise typer.Exit(Exit.CATALOGUE)


@app.command("list")
def list_snapshots(place: Place, as_json: options.Json = False) -> None:
    """The snapshots in a place, oldest first."""
    from reid.backup import Place as Backups
    from reid.backup import opened

    with opened(place) as folder:
        found = Backups.find(folder).snapshots()
    if as_json:
        show_json({"snapshots": [_json(one) for one in found]})
        return
    table = table_of("Snapshot", "Made", "Sightings", "Media", "Decisions", "From")
    for one in found:
        rows = one.rows
        counts = (rows.get("sightings", 0), one.media, one.last_event)
        table.add_row(
            words(one.id), one.made_at[:16], *(f"{n:,}" for n in counts), words(one.database)
        )
    show(table)


def restore(
    place: Place,
    data_dir: Annotated[
        Path, typer.Option(help="Folder to restore to: a new or empty one. Nothing is overwritten.")
    ],
    database_url: Annotated[
        str | None,
        typer.Option(help="An empty database to restore to; default: SQLite in that folder."),
    ] = None,
    snapshot: Snapshot = None,
    as_json: options.Json = False,
) -> None:
    """Bring a backup back: beside, checked, then renamed."""
    from reid.backup import opened
    from reid.backup import restore as bring_back

    with working() as told, opened(place) as folder:
        found = bring_back(
            folder, data_dir, database_url=database_url, snapshot=snapshot, progress=told
        )
    if as_json:
        show_json({**_json(found.manifest), "files": found.files, "data_dir": str(data_dir)})
        return
    show(f"Restored to {data_dir}: {_many(found.manifest)}, as of {found.manifest.made_at[:16]}.")
    if read_settings().data_dir.absolute() != found.data_dir:
        say(f"to use it: LEOPARD_REID_DATA_DIR={data_dir}, or --data-dir {data_dir}")
    say("keys are as they were then: revoke again what was revoked since (`reid keys list`)")


def _json(manifest: Manifest) -> dict[str, Any]:
    told: dict[str, Any] = manifest.model_dump(mode="json")
    told.pop("outputs")
    return told


def _many(manifest: Manifest) -> str:
    sightings = manifest.rows.get("sightings", 0)
    return (
        f"{sightings:,} sightings, {manifest.media:,} media ({_size(manifest.media_bytes)}), "
        f"{manifest.last_event:,} decisions"
    )


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
