"""All figures in one page: ``reid evaluate results --data DIR`` (or this module; `make results`).

Writes ``docs/results.md``; no picture and no name of this machine goes into it.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from reid.errors import InputError
from reid.pipeline import Engine
from training.evaluation import leopards
from training.evaluation.before import WORDS as BEFORE
from training.evaluation.before import before_report
from training.evaluation.data import ROOT, data_folder
from training.evaluation.flanks import flanks_report
from training.evaluation.frames import measure_frames, read_rows
from training.evaluation.localisation import localisation_report
from training.evaluation.matchers import matchers_report
from training.evaluation.missed import missed_report
from training.evaluation.retrieval.section import WORDS as RETRIEVAL
from training.evaluation.retrieval.section import retrieval_report
from training.evaluation.sightings import sightings_report
from training.evaluation.species import species_report
from training.evaluation.tigers import tigers_report
from training.evaluation.touching import touching_report

OUT = ROOT / "docs" / "results.md"
SEED = 20
NEXT = "\n## "
SOAK = ("Reliability", "make soak")
"""A section that another command writes."""

Section = tuple[str, str, Callable[[Path], str]]

INTRODUCTION = """# Results

Written by `make results` (`python -m training.evaluation.results --data DIR`); do not edit.

CPU only; seed {seed}; each section carries the date and commit it was measured at.

Calibration fitted on {fitted}. Prior of "same" {prior}, accepted error {error}.

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
that. The llr compares with mirrored pictures, one of which in pairs of an animal with its own
mirrored picture is the true animal: these are easy for it, so the order is also given without
them."""

FLANKS = """No flank is given; *named* is a probability of 0.8 or more. Nyala are another species
(the head saw only synthetic leopards); their whole picture is the box."""

SPECIES = """Loud flags are `not-a-leopard` and `no-animal`: they keep a picture out of comparisons
and stop an enrolment. Limits of the screen were set on these same pictures."""

TIGERS = """Another species, not in the fitting. 40 identities of up to four pictures, one of each
group of near copies (`training.data.copies`), the whole picture as the user's box, all same and 600
seeded different pairs. One identity is one flank of one animal and the data set does not say
which, so different pairs hold both flanks. Pictures of one identity may come from one day: same
pairs are easier than sightings on different days. Of the pairs called "same" across identities we
looked at one, 000382 (identity 114) with 000799 (identity 117): one tiger with two labels. It
stays counted as wrong, and alone it puts a different pair above every same pair."""

MISSED = """A true pair is missed when its verified pattern stays below 1, which different animals
reach. Each individual counts once, by its own share, and the interval (Wilson) is over individuals:
pairs of one animal share its coat and its pictures. Tigers: up to three pictures of each of 107
flanks, near copies left out; nyala: pictures of different sightings. `usable` was made for
leopards: crops of tigers and nyala are small, and low by it. The calibration's `unmodelled` is the
judgement that is made on this table. Synthetic leopards are those of the last
`python -m training.calibration.score`, left out where it was not run."""

MATCHERS = """Every value of `PipelineConfig.local`, by its raw `pattern` alone: no calibration, no
mirrored impostor beside the true picture. *Mirrored*: the same annotation flipped, so that animals
of the other flank stand in the same pose with another coat; of an animal's own mirrored pictures
one in three is scored. *Synthetic look-alikes*: two leopards rendered in one pose, view, light and
place, with the renderer's outline. *Hard tigers*: each picture against its nearest of another
identity by the default embedding; the pictures as in the section on tigers. The learned methods
see the animal as RootSIFT does, cut by the outline and with even contrast, at twice the size for
XFeat and one and a half times for ALIKED; LightGlue and LighterGlue only propose pairs, which
count by how distinctive their two descriptors are. Intervals: 95 %, bootstrap over frames
(leopards), look-alike groups and identities (tigers). Milliseconds: one thread, median CPU time;
other work on the machine makes them longer. Settings of all methods were chosen on the leopard
frames, which flatters them there."""

ENDING = """## What these figures do not show

- How often the verdicts are wrong on leopards at large: zero wrong of a few hundred dependent pairs
  of three animals bounds nothing near 1 %.
- Infrared against infrared or against colour on leopards; look-alike siblings; cubs that grow.
- Same-animal pairs months apart on the right flank: there are two.
- Sightings of both flanks: no real two-camera sighting is in the data.
- Anything on the three 2018 records of Ustyurt: those pictures were not available.
"""


def leopard_pairs(data: Path) -> str:
    """Pairs, frames that stay inconclusive, quality of all frames."""
    engine = _engine()
    frames = measure_frames(engine, read_rows(data / "leopard"))
    judged = leopards.judge(engine, frames)
    parts = [
        leopards.pairs_report(judged),
        'Frames with pairs of the same animal that were not called "same":',
        leopards.missed_report(judged),
        "Quality of each frame, hardest first:",
        leopards.frames_report(frames),
    ]
    return "\n\n".join(parts)


def tigers(data: Path) -> str:
    """The calibration on another species."""
    return tigers_report(_engine(), data, seed=SEED)


def missed(data: Path) -> str:
    """How often a true match is not found."""
    return missed_report(_engine(), data, seed=SEED)


def sightings(data: Path) -> str:
    """`reid.compare` on sightings made of the frames."""
    return sightings_report(_engine(), read_rows(data / "leopard"))


def flanks(data: Path) -> str:
    """Flank estimates."""
    return flanks_report(_engine(), data, seed=SEED)


def species(data: Path) -> str:
    """The screen."""
    return species_report(_engine(), data)


def localisation(data: Path) -> str:
    """The default localiser, the one that may take its place, and the second look."""
    return localisation_report(data, ("yolox-saliency", "yolox-mask", "saliency"))


def touching(data: Path) -> str:
    """Two animals in one picture."""
    return touching_report(_engine().localiser, data)


def matchers(data: Path) -> str:
    """Local methods side by side."""
    return matchers_report(data, seed=SEED)


SECTIONS: tuple[Section, ...] = (
    ("Leopards, pair by pair", PAIRS, leopard_pairs),
    ("The calibration on tigers", TIGERS, tigers),
    ("True matches that are not found", MISSED, missed),
    ("Matchers on look-alikes", MATCHERS, matchers),
    ("Retrieval", RETRIEVAL, retrieval_report),
    ("Sightings made of these frames", "", sightings),
    ("Before and now", BEFORE, before_report),
    ("Estimated flanks", FLANKS, flanks),
    ("Other species", SPECIES, species),
    ("Finding the animal", "", localisation),
    ("Two animals in one picture", "", touching),
)


@cache
def _engine() -> Engine:
    return Engine.load(threads=1)


def page(data: Path, workers: int, only: Sequence[str], before: str) -> str:
    """The whole page as markdown; sections are measured side by side, one thread each.

    ``only`` names sections to measure (none: all); the others are kept from the page ``before``.
    """
    engine = _engine()
    head = INTRODUCTION.format(
        seed=SEED,
        fitted=engine.fitted().fitted_on,
        prior=engine.config.prior_same,
        error=engine.config.max_error,
    )
    chosen = [k for k, (title, _, _) in enumerate(SECTIONS) if not only or title in only]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        new = dict(zip(chosen, pool.map(_measured, chosen, [data] * len(chosen)), strict=True))
    texts = [new.get(k) or kept(before, s[0]) for k, s in enumerate(SECTIONS)]
    return "\n".join([head, DATA, *texts, kept(before, *SOAK), ENDING])


def kept(page: str, title: str, by: str = "make results") -> str:
    """A section of an earlier page as it stands there; ``by`` measures it."""
    _, found, rest = page.partition(f"## {title}\n")
    if not found:
        return f"## {title}\n\nNot measured yet: `{by}` does.\n"
    return f"{found}{rest.partition(NEXT)[0].rstrip()}\n"


def section_text(title: str, words: str, measured: str, began: str) -> str:
    """A section with its date and commit."""
    made = f"Measured {datetime.now(UTC):%Y-%m-%d}, commit {began}."
    return "\n\n".join(p for p in (f"## {title}", made, words, measured) if p) + "\n"


def _measured(number: int, data: Path) -> str:
    title, words, measure = SECTIONS[number]
    began = commit()
    text = section_text(title, words, measure(data), began)
    print(f"measured: {title}", flush=True)
    return text


def commit() -> str:
    """The commit, and whether code or weights differ from it."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "reid", "weights")
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" * bool(changed))


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def write_page(data: Path | None, out: Path, workers: int, only: Sequence[str]) -> None:
    """Measure and write the page; ``only``: these titles, other sections are kept as they stand.

    Raises:
        InputError: a title that no section has, or no folder of photographs.
    """
    titles = [title for title, _, _ in SECTIONS]
    if unknown := sorted({*only} - {*titles}):
        raise InputError(f"expected sections among {titles}, found {unknown}")
    before = out.read_text(encoding="utf-8") if out.exists() else ""
    out.write_text(page(data_folder(data), workers, only, before), encoding="utf-8")
    print(f"written: {out.name}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each")
    parser.add_argument("--only", nargs="*", default=[], help="titles; other sections are kept")
    asked = parser.parse_args()
    try:
        write_page(asked.data, asked.out, asked.workers, asked.only)
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
