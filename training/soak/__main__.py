"""``python -m training.soak``: reliability, measured; writes a section of docs/results.md.

``--only PART`` (several) leaves the other parts of the section as they are. Exit status 1 when a
promise was broken.
"""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from training.soak.parts import PARTS, Asked
from training.soak.section import OUT, write


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m training.soak", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--kills", type=int, default=200, help="in all, with light models")
    parser.add_argument("--real-kills", type=int, default=20, help="more, with the real models")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the crowd")
    parser.add_argument("--fuzz-minutes", type=float, default=5.0, help="of hostile input")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument(
        "--retraining-kills", type=int, default=50, help="of training and of switching bundles"
    )
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--out", type=Path, default=OUT, help="the page; `-` only prints")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing we started outlives us
    logging.basicConfig(level=logging.WARNING)
    asked = Asked(
        kills=given.kills,
        real_kills=given.real_kills,
        minutes=given.minutes,
        fuzz_minutes=given.fuzz_minutes,
        clients=given.clients,
        seed=given.seed,
        retraining_kills=given.retraining_kills,
    )
    broken: list[str] = []
    for name in given.only:
        title, measure = PARTS[name]
        print(f"measuring: {title}", flush=True)
        text, wrong = measure(asked)
        broken += [f"{title}: {one}" for one in wrong]
        print(text, flush=True)
        if str(given.out) != "-":
            write(given.out, title, text)
    for one in broken:
        print(f"BROKEN {one}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
