"""All figures in one page: ``python -m training.evaluation.results --data DIR``.

Writes ``docs/results.md``; no picture and no name of this machine goes into it.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from reid.pipeline import Engine
from training.evaluation import leopards
from training.evaluation.data import ROOT, data_folder
from training.evaluation.flanks import flanks_report
from training.evaluation.frames import measure_frames, read_rows
from training.evaluation.localisation import localisation_report
from training.evaluation.sightings import sightings_report
from training.evaluation.species import species_report
from training.evaluation.tigers import tigers_report

OUT = ROOT / "docs" / "results.md"
SEED = 20
Section = tuple[str, str, Callable[[], str]]

INTRODUCTION = """# Results

Written by `make results` (`python -m training.evaluation.results --data DIR`); do not edit.

{made}

Calibration: {fitted}; it saw no photograph. Prior of "same" {prior}, accepted error {error}.

## Read this first

**Thresholds and method were chosen while looking at these same leopard frames** (contrast,
matching, verification, the species screen, the second look). Only the coefficients of the
calibration come from elsewhere. The leopard figures are figures of development, on one main
animal, and no promise for leopards that nobody has tried. There are three labelled animals, and 15
of 19 labelled frames are the left flank of one of them; every same pair but two is of it, pairs
share frames, and different pairs of two real animals photographed on one flank are four. The other
different pairs are mirrored pictures, whose animals walk the other way: easier than a look-alike
in the same pose. No frame here is infrared, so nothing is shown of infrared matching.
"""

DATA = """## Data

Photographs for development, not part of this project: `leopard` (21 camera-trap frames, flash and
day, 19 with animal and flank known), `nyala` and `amur-tiger` (other species, by seeded sample),
`camera-traps` and `ugly` (other species, infrared, blank). The flank of a leopard frame is given as
a user would; boxes come from the default localiser unless a section says otherwise.
"""

PAIRS = """Each labelled frame is a sighting of its own. A mirrored picture is flipped, encoded
again and put through every stage, with the flank given that makes it comparable. *Pair of
pictures*: the verdict that the pair's llr alone would give. *One-frame sightings*: the verdict of
`reid.compare`. The naive method is RootSIFT on whole frames at 900 pixels, ratio 0.85, mutual, sum
of 1 - ratio; on whole frames it may match a camera's own background, and same pairs profit from
that."""

FLANKS = """No flank is given; *named* is a probability of 0.8 or more. Nyala are another species
(the head saw only synthetic leopards); their whole picture is the box."""

SPECIES = """Loud flags are `not-a-leopard` and `no-animal`: they keep a picture out of comparisons
and stop an enrolment. Limits of the screen were set on these same pictures."""

TIGERS = """Another species, not in the fitting. 40 identities of up to four pictures, near copies
left out (`reid.image.near_copies`), the whole picture as the user's box, all same and 1,000 seeded
different pairs. One identity is one flank of one animal and the data set does not say which, so
different pairs hold both flanks. Pictures of one identity may come from one video: same pairs are
easier than sightings on different days."""

ENDING = """## What these figures do not show

- How often the verdicts are wrong on leopards at large: zero wrong of a few hundred dependent pairs
  of three animals bounds nothing near 1 %.
- Infrared against infrared or against colour on leopards; look-alike siblings; cubs that grow.
- Same-animal pairs months apart on the right flank: there are two.
- Sightings of both flanks: no real two-camera sighting is in the data.
- Anything on the three 2018 records of Ustyurt: those pictures were not available.
"""


def sections(engine: Engine, data: Path) -> list[Section]:
    """Title, what to know, and the function that measures."""
    rows = read_rows(data / "leopard")
    frames = measure_frames(engine, rows)
    judged = leopards.judge(engine, frames)
    return [
        ("Leopards, pair by pair", PAIRS, lambda: leopards.pairs_report(judged)),
        ("Frames that stay inconclusive", "", lambda: leopards.missed_report(judged)),
        ("Quality of each frame, hardest first", "", lambda: leopards.frames_report(frames)),
        ("Sightings made of these frames", "", lambda: sightings_report(engine, rows)),
        ("Estimated flanks", FLANKS, lambda: flanks_report(engine, data, seed=SEED)),
        ("Other species", SPECIES, lambda: species_report(engine, data)),
        ("The calibration on tigers", TIGERS, lambda: tigers_report(engine, data, seed=SEED)),
        ("Finding the animal", "", lambda: localisation_report(data)),
    ]


def page(engine: Engine, data: Path) -> str:
    """The whole page as markdown."""
    made = f"Date {datetime.now(UTC):%Y-%m-%d}, commit {commit()}, seed {SEED}, CPU only."
    head = INTRODUCTION.format(
        made=made,
        fitted=engine.fitted().fitted_on,
        prior=engine.config.prior_same,
        error=engine.config.max_error,
    )
    parts = [head, DATA]
    for title, words, measure in sections(engine, data):
        print(f"measuring: {title}", flush=True)
        parts.append("\n\n".join(p for p in (f"## {title}", words, measure()) if p) + "\n")
    return "\n".join([*parts, ENDING])


def commit() -> str:
    """The commit, and whether code or weights differ from it."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "reid", "weights")
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" * bool(changed))


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    data = data_folder(asked.data)
    text = page(Engine.load(threads=asked.threads), data)
    asked.out.write_text(text, encoding="utf-8")
    print(f"written: {asked.out.name}")


if __name__ == "__main__":
    main()
