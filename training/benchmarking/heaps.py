"""What a process holds when models run two at a time on many threads, by how many heaps it has."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from reid.telemetry.heaps import CHOSEN, HEAPS, keep_few_heaps
from training.benchmarking.ground import Ground
from training.evaluation.tables import table

THREADS, ROUNDS, AT_ONCE = 24, 160, 2
MIB = 1 << 20


def heaps_section(ground: Ground) -> str:
    """The same work in a process of its own, as the C library likes it and with few heaps."""
    rounds = 8 if ground.small else ROUNDS
    rows = []
    for words, few in (("as the C library likes it", False), (f"{HEAPS}, as the service", True)):
        found = _apart(rounds, few)
        rows.append((words, f"{found['mib'][0]:,.0f}", f"{found['mib'][-1]:,.0f}", found["cpu_s"]))
    head = ("heaps", "MiB at first", "MiB at the end", "seconds of processor time")
    return f"""{rounds} pieces of work (looking at a picture twice of three times, else comparing
two), {AT_ONCE} at a time, each on one of {THREADS} threads by chance, in a process of its own; one
thread of each library. What the service does with a crowd of clients (`reid/telemetry/heaps.py`).

{table(head, rows)}"""


def _apart(rounds: int, few: bool) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "training.benchmarking.heaps", "--rounds", str(rounds)]
    world = {k: v for k, v in os.environ.items() if k != CHOSEN}
    done = subprocess.run(
        command + ["--few"] * few, check=True, text=True, stdout=subprocess.PIPE, env=world
    )
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def work(rounds: int) -> dict[str, object]:
    """Look and compare; MiB held after every twenty pieces, and processor seconds of them all."""
    from reid.pipeline import Engine, compare, prepare
    from reid.types import Flank, Sighting, SightingMedia
    from training.soak.media import upload
    from training.soak.memory import resident_bytes

    engine = Engine.load(threads=1)
    files = [(name, c) for k in range(6) for name, c in upload(f"s{k}", k).files.items()]
    sightings = [
        Sighting(f"s{k}", (SightingMedia(file_name=name, content=content, flank=Flank.LEFT),))
        for k, (name, content) in enumerate(files)
    ]
    looked = [prepare(engine, sighting) for sighting in sightings]

    def piece(number: int) -> None:
        one, other = number % 6, (number + 1) % 6
        if number % 3:
            prepare(engine, sightings[one])
        else:
            compare(engine, [looked[one], looked[other]])

    pools = [ThreadPoolExecutor(1) for _ in range(THREADS)]
    chance, began, held = random.Random(1), time.process_time(), []
    for number in range(0, rounds, AT_ONCE):
        chosen = chance.sample(pools, AT_ONCE)
        for done in [pool.submit(piece, number + k) for k, pool in enumerate(chosen)]:
            done.result()
        if not number % 20:
            held.append(resident_bytes(os.getpid()) / MIB)
    held.append(resident_bytes(os.getpid()) / MIB)
    return {"mib": held, "cpu_s": round(time.process_time() - began)}


def main() -> None:
    """The process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--few", action="store_true")
    asked = parser.parse_args()
    if asked.few:
        keep_few_heaps()
    print(json.dumps(work(asked.rounds)))


if __name__ == "__main__":
    main()
