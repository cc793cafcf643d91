"""``python -m training.demo``: the whole way in one command.

Exit status: 0 when no answer contradicts the known truth, 1 when a wrong "same", "different" or
name was given, 2 when the demonstration could not run, 130 when it was interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from training.demo.client import Client
from training.demo.judge import wrong_identity, wrong_verdicts
from training.demo.server import DemoError, running
from training.demo.table import Event, distances, read_events, truth
from training.demo.tables import show_comparison, show_identity
from training.synthetic.sightings import demo_sightings

OUT = Path("build/demo")
STATIONS = ("synthetic-A", "synthetic-B")
STATIONS_KM = 18.6
LAST = "december"  # the latest in time: everything else is known when it arrives


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help=f"folder to write to ({OUT})")
    out: Path = parser.parse_args(arguments).out
    console = Console()
    # a polite stop ends as Ctrl-C does: the service must not outlive its demonstration
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _judged(console, run(out, console))
    except KeyboardInterrupt:
        return 130
    except DemoError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 2
    finally:
        signal.signal(signal.SIGTERM, before)


def run(out: Path, console: Console) -> list[str]:
    """Render, serve, ask and show; returns what was answered wrong, in words."""
    console.print(Text("SYNTHETIC demonstration: no camera took these pictures", "bold reverse"))
    console.print("Rendering four sightings of two synthetic leopards ...")
    events = read_events(demo_sightings(out / "sightings"))
    with tempfile.TemporaryDirectory(prefix="service-", dir=out) as folder:
        console.print("Starting the service on loopback ...")
        with running(Path(folder), out / "service.log") as url, Client(url) as client:
            return _asked(client, events, out, console)


def _asked(client: Client, events: list[Event], out: Path, console: Console) -> list[str]:
    for event in events:
        stored = client.submit(event)
        lost = f", {len(stored['rejected'])} rejected" if stored["rejected"] else ""
        console.print(f"Submitted {event.id}: {len(event.files)} pictures{lost}")
    return [*_compared(client, events, out, console), *_identified(client, events, console)]


def _compared(client: Client, events: list[Event], out: Path, console: Console) -> list[str]:
    apart = distances(events, *STATIONS, STATIONS_KM)
    answer = client.compare([event.id for event in events], apart)
    report = out / "report.html"
    report.write_text(client.report(answer["id"]), encoding="utf-8")
    show_comparison(console, answer, truth())
    console.print(Text(f"Report: {report}"), soft_wrap=True)
    settled = sum(v["verdict"] in ("same", "different") for v in answer["verdicts"])
    console.print(f"Settled: {settled} of {len(answer['verdicts'])} pairs; the others stay open.")
    return wrong_verdicts(answer["verdicts"], truth())


def _identified(client: Client, events: list[Event], console: Console) -> list[str]:
    known = [event.id for event in events if event.id != LAST]
    for sighting in known:
        client.enrol(sighting, truth()[sighting])
    answer = client.identify(LAST)
    show_identity(console, answer, truth())
    return wrong_identity(answer, truth(), known)


def _judged(console: Console, wrong: list[str]) -> int:
    for words in wrong:
        console.print(Text(f"WRONG: {words}", style="bold red"))
    if not wrong:
        console.print("No answer contradicts the known truth.")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
