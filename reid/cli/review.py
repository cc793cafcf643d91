"""``reid review``: the pairs whose answer tells most."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import show, show_json, table_of, words
from reid.cli.deciding import By, Why
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.identity_tables import queue_table, rate_words

app = typer.Typer(help="The pairs whose answer tells most.", no_args_is_help=True)


@app.callback()
def review() -> None:
    """The pairs whose answer tells most."""


@app.command()
def queue(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Open pairs, those first whose answer tells most about the groupings."""
    from reid.review.json_form import ranked_json

    with open_catalogue(data_dir) as catalogue:
        found = catalogue.review_queue(limit=limit)
    if as_json:
        show_json({"queue": [ranked_json(one) for one in found]})
    else:
        show(queue_table(found) if found else "Nothing is open.")


@app.command("next")
def next_item(by: By, data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """The next pair for a reviewer; some are read twice, and of some the answer is known."""
    from reid.review import Shares
    from reid.review.json_form import item_json

    settings = read_settings(data_dir)
    shares = Shares(settings.review_second, settings.review_planted)
    with open_catalogue(data_dir) as catalogue:
        item = catalogue.next_item(by, shares=shares)
    if as_json:
        show_json({"item": None if item is None else item_json(item)})
    elif item is None:
        show("Nothing is left to ask.")
    else:
        show(f"Item {item.id}: {item.a} and {item.b}", *item.reasons)
        show(f"By their pictures alone, {100 * item.probability:.1f} % for one animal.")


@app.command()
def answer(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id.")],
    said: Annotated[str, typer.Argument(metavar="ANSWER", help="same, different or cannot-tell.")],
    by: By,
    why: Why = "",
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Answer a pair; an open question is decided by it at once."""
    from reid.errors import InputError
    from reid.review import Answer
    from reid.review.json_form import outcome_json

    word = said.replace("-", " ")
    if word not in list(Answer):
        raise InputError(f"answer: expected same, different or cannot-tell, found {said!r}")
    with open_catalogue(data_dir) as catalogue:
        done = catalogue.answer_item(item, Answer(word), by=by, why=why)
    if as_json:
        show_json(outcome_json(done))
        return
    show("Kept." if done.event is None else f"Kept; it is event {done.event}.")
    if done.merge is not None:
        show(
            f"They are of two individuals: look at `reid identities merge {' '.join(done.merge)}`."
        )


@app.command()
def rates(data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """How often each reviewer and the machine were wrong so far, with intervals."""
    from reid.review.json_form import rates_json

    with open_catalogue(data_dir) as catalogue:
        people, machine = catalogue.review_rates()
    if as_json:
        show_json(rates_json(people, machine))
        return
    table = table_of("Who", "Wrong 'same'", "Wrong 'different'", "Disagreed", "Cannot tell")
    for one in people:
        rated = (one.wrong_same, one.wrong_different, one.disagreed)
        cells = [one.reviewer, *map(rate_words, rated), f"{one.cannot_tell} of {one.readings}"]
        table.add_row(*(words(cell) for cell in cells))
    machines = (machine.wrong_same, machine.wrong_different)
    table.add_row(*(words(cell) for cell in ("the machine", *map(rate_words, machines), "", "")))
    show(table)
