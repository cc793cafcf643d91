"""What was measured, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.evaluation.tables import table
from training.soak.crowd import Crowd
from training.soak.kills import Killed
from training.soak.memory import MIB, slope
from training.soak.scene import Accident

KILLS = """Two API processes and two workers; six clients upload, decide, undo, review and ask for
jobs all the time. At random moments one process, or the database server with all its processes,
or now and then everything gets `kill -9` and is started again. What was acknowledged is written
down by the clients alone and looked for at the end, after a last kill of everything. *Light*: in
the place of the networks stands a grid of colours, and index files are written far more often
than in use; decoding, local features, storing, jobs, matching and indexes are the real ones. Of a
request whose answer was lost nobody knows whether it was done; it must not be done twice."""

ACCIDENTS = """Nobody helps the service to recover. Afterwards the ledger of the client is compared
with the catalogue as after the kills, and nothing half-written may be left."""

CROWD = """{clients} clients, each with a key of its own, against one API process and one worker
with the real models, one thread each; a client asks, waits two seconds on average, asks again.
*Not now* is 429 or 503 with `Retry-After`, which clients heed. Everything else but a right answer
counts as an error. Memory: of the API process, after the first third; {meanwhile}."""
GROWING = """the catalogue grows
meanwhile, and with it what indexes must hold"""
STILL = "nobody uploads, so the catalogue holds\nwhat it held"

RETRAINING = """`kill -9` of the one worker at random moments, then another worker takes over. A
run that was killed registers the bundle of one that was not, byte for byte, and the champion serves
until somebody promotes; a bundle that is promoted serves with every embedding, once, or not yet."""
HOSTILE = """Bombs, polyglots, cut files (at every 64th byte), turned bits, EXIF in circles, forged
names and types, JSON and multipart of every broken kind, all made by code
(`training/soak/hostile`). Contract: a picture or a refusal with a reason, an answer below 500 in
the one shape of errors, nothing stored of what was refused, every refusal in the log, bounded time
and memory."""


def told_kills(runs: Sequence[Killed]) -> str:
    """Kills and promises as tables."""
    head = (
        "database",
        "models",
        "kills",
        "of API, worker, database",
        "minutes",
        "connections lost or refused",
    )
    rows = [
        (
            run.database,
            "light" if run.light else "real",
            run.kills.total(),
            ", ".join(str(run.kills[name]) for name in ("api", "worker", "database")),
            f"{run.seconds / 60:.1f}",
            run.ledger.counts["connections lost"],
        )
        for run in runs
    ]
    names = [check.name for check in runs[0].checks]
    promises = []
    for place, name in enumerate(names):
        cells = [f"{len(r.checks[place].wrong)} of {r.checks[place].looked_at}" for r in runs]
        promises.append((name, *cells))
    promises.append(("answers that must not be (5xx, wrong refusals)", *_wrong_answers(runs)))
    titles = [f"{run.database}, {'light' if run.light else 'real'}" for run in runs]
    return f"{table(head, rows)}\n\n{table(('broken promises', *titles), promises)}"


def _wrong_answers(runs: Sequence[Killed]) -> list[str]:
    return [str(len(run.ledger.wrong)) for run in runs]


def told_crowd(seen: Crowd) -> str:
    """Latencies and memory."""
    rows = []
    for name, statuses in sorted(seen.statuses.items()):
        if not statuses:
            continue
        took = np.array(seen.seconds[name] or [np.nan])
        marks = (f"{np.percentile(took, q):.2f}" for q in (50, 90, 95, 99))
        right, later = len(seen.seconds[name]), statuses[429] + statuses[503]
        rows.append((name, right, later, statuses.total() - right - later, *marks))
    head = ("operation", "answers", "not now", "errors", "median s", "90 %", "95 %", "99 %")
    grows = slope(seen.memory)
    held = [sample.held_bytes / MIB for sample in seen.memory]
    told = f"{len(seen.memory)} samples are too few for a slope."
    if grows is not None:
        told = (
            f"growth {grows.mib_an_hour:.0f} MiB an hour "
            f"(95 % interval {grows.low:.0f} to {grows.high:.0f})."
        )
    first, last = seen.memory[0].uploads, seen.memory[-1].uploads
    memory = f"Memory over {seen.minutes:g} minutes: {min(held):.0f} to {max(held):.0f} MiB"
    tried = f"Uploads tried meanwhile: {last - first}."
    wrong = f"Answers that must not be: {len(seen.broken)}."
    return f"{table(head, rows)}\n\n{memory}; {told} {tried} {wrong}"


def told_accidents(found: Sequence[Accident]) -> str:
    """What was answered meanwhile, and how long it took to be well again."""
    head = ("accident", "answers meanwhile (status: how many)", "well again", "broken promises")
    rows = []
    for one in found:
        answers = ", ".join(f"{s}: {n}" for s, n in sorted(one.statuses.items()))
        well = "never" if one.recovered_s is None else f"after {one.recovered_s:.1f} s"
        if one.skipped:
            answers, well = f"not tried: {one.skipped}", ""
        rows.append((one.name, answers, well, len(one.broken)))
    return f"{ACCIDENTS}\n\n{table(head, rows)}"
