"""``reid review``: the pairs whose answer tells most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import show, show_json, table_of, words
from reid.cli.deciding import By, Why
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.identity_tables import queue_table, rate_words
from reid.cli.proposals import proposals

if TYPE_CHECKING:
    from reid.review import ReviewItem

app = typer.Typer(help="The pairs whose answer tells most.", no_args_is_help=True)

app.command("proposals")(proposals)


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
        found = catalogue.next_item(by, shares=shares)
    item = None if found is None else found.before_the_answer()
    if as_json:
        show_json({"item": None if item is None else item_json(item)})
    elif item is None:
        show("Nothing is left to ask.")
    else:
        show(f"Item {item.id}: {item.a} and {item.b}", *_opinion(item))


@app.command()
def opinion(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id.")],
    by: By,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """What the machine thinks of a pair; of one to be judged blind only after the answer."""
    from reid.review.json_form import item_json

    asked = read_settings(data_dir).review_opinion == "asked"
    with open_catalogue(data_dir) as catalogue:
        found = catalogue.open_opinion(item, by=by, before_answer=asked)
    if as_json:
        show_json({"item": item_json(found)})
    else:
        show(*_opinion(found))


def _opinion(item: ReviewItem) -> list[str]:
    if item.probability is None:
        more = "" if item.blind else "; `reid review opinion` shows it"
        return [f"The machine's opinion is hidden{more}."]
    odds = f"By their pictures alone, {100 * item.probability:.1f} % for one animal."
    return [*item.reasons, odds]


@app.command()
def skip(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id.")],
    by: By,
    data_dir: options.DataDir = None,
) -> None:
    """Leave a pair for later."""
    with open_catalogue(data_dir) as catalogue:
        catalogue.skip_item(item, by=by)
    show("Skipped; it comes again when nothing else is left.")


@app.command("take-back")
def take_back(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id.")],
    by: By,
    why: Why = "",
    data_dir: options.DataDir = None,
) -> None:
    """Take an answer back, with what it decided."""
    with open_catalogue(data_dir) as catalogue:
        again = catalogue.take_back_answer(item, by=by, why=why)
    show("Taken back." if again is None else f"Taken back; the pair is item {again.id} now.")


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
