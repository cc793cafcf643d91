"""``reid keys``: who may use the service."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import plain_table, say, show, show_json, table_of, words
from reid.cli.engines import open_catalogue

app = typer.Typer(help="Keys of the service: create, list, revoke.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Keys of the service: create, list, revoke."""


@app.command()
def create(
    person: Annotated[str, typer.Argument(help="Whose key; the 'who' of all that is done by it.")],
    role: Annotated[str, typer.Option(help="viewer, contributor, reviewer or admin.")],
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Make a key and show it, this once. With the first one, nobody gets in without a key."""
    from reid.catalogue.access_keys import KeyStore
    from reid.people import Role

    wanted = Role.read(role)
    with open_catalogue(data_dir) as catalogue:
        made = KeyStore.of(catalogue).create(person, wanted)
    say("keep the key now: it is not stored and cannot be shown again")
    if as_json:
        show_json({"key": made.text, "prefix": made.prefix, "person": person, "role": wanted.value})
    else:
        show(*plain_table({"Key": made.text, "Person": person, "Role": wanted.value}))


@app.command("list")
def list_keys(data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """All keys by their prefixes."""
    from reid.catalogue.access_keys import KeyStore

    with open_catalogue(data_dir) as catalogue:
        found = KeyStore.of(catalogue).keys()
    if as_json:
        rows = [
            {
                "prefix": key.prefix,
                "person": key.person,
                "role": key.role.value,
                "created_at": key.created_at.isoformat(),
                "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
            }
            for key in found
        ]
        show_json({"keys": rows})
    elif found:
        table = table_of("Prefix", "Person", "Role", "Made", "Revoked")
        for key in found:
            ended = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
            row = (key.prefix, key.person, key.role, f"{key.created_at:%Y-%m-%d %H:%M}", ended)
            table.add_row(*map(words, row))
        show(table)
    else:
        show("No keys: the service answers this machine alone, where everybody is admin.")


@app.command()
def revoke(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="As `reid keys list` shows it.")],
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """End a key, at once and for good."""
    from reid.catalogue.access_keys import KeyStore

    with open_catalogue(data_dir) as catalogue:
        key = KeyStore.of(catalogue).revoke(prefix)
    if as_json:
        show_json({"prefix": key.prefix, "person": key.person, "revoked": True})
    else:
        show(f"Key {key.prefix} of {key.person} opens nothing any more.")
