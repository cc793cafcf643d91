"""One self-contained HTML file that shows a comparison to people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Template

from reid.evidence import charts
from reid.evidence.album import Album, album_of, next_best
from reid.evidence.environment import environment_of
from reid.evidence.json_form import plain
from reid.evidence.names import pair_name
from reid.evidence.palette import CSS_CLASS, MARKS
from reid.evidence.pictures import look
from reid.evidence.timeline import timeline_of
from reid.types import Comparison, Control, PairVerdict, SightingPairEvidence
from reid.types.words import likelier, percent

FLAG_WORDS = {
    "prior-sensitive": "At least one verdict depends on the prior: see the chart and the reasons.",
    "withheld": "At least one verdict is withheld because a control failed.",
    "conflict": "Some of the evidence contradicts itself: see the reasons.",
    "approximate": "There are too many sightings to list all groupings; they are sampled.",
    "one-sighting": "There is only one sighting, so there is nothing to compare.",
}
"""Words for the flags of a comparison; another flag is shown as it is."""

SIGHTING_WORDS = {
    "clock-conflict": "the clocks of its cameras disagree by more than 10 minutes; what each clock "
    "saw is compared as a sighting of its own.",
    "several-animals": "pictures that may show two leopards were left out; a box drawn around one "
    "of them would say which is meant.",
    "not-a-leopard": "pictures of what seems to be no leopard were left out.",
    "no-animal": "pictures in which no animal was found were left out.",
    "other-outline": "outlined by another localiser than the calibration was made with",
    "species-not-checked": "which species it is was not checked; the calibration was made for "
    "leopards.",
}
"""Words for the flags of one sighting, which are written ``flag: sighting``."""

OPEN_PAIRS = 10
"""With more pairs than this only their headings are open; the matrix leads to them."""


@dataclass(frozen=True, slots=True, eq=False)
class PairSection:
    """A pair of sightings in the report: verdict, evidence, names of its pictures, controls."""

    anchor: str
    verdict: PairVerdict
    evidence: SightingPairEvidence | None = field(repr=False)
    best: tuple[tuple[str, str], ...] = ()
    more: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()


def report_html(comparison: Comparison) -> str:
    """The comparison as one HTML page: pictures and styles inside, no script, print-ready.

    Everything given by the user is escaped. Pictures are scaled down so that the page stays
    under about 6 MB; what is left out is said.

    Raises:
        AnnotationError: if a box lies outside its picture.
    """
    album = album_of(comparison)
    return _template().render(
        c=comparison,
        sections=_sections(comparison, album),
        pictures=album,
        bars=charts.bars_of(comparison),
        lines=charts.lines_of(comparison.verdicts),
        curves=sum(bool(v.prior_curve) for v in comparison.verdicts),
        timeline=timeline_of(comparison),
        verdict_of=_verdicts_by_pair(comparison),
        provenance=_rows(comparison.provenance),
        synthetic="synthetic" in comparison.flags,
        open_pairs=len(comparison.verdicts) <= OPEN_PAIRS,
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = environment_of(("reid", "evidence"))
    environment.filters.update(percent=percent, likelier=likelier, look=look)
    environment.globals.update(mark=MARKS, css=CSS_CLASS, plot_x=charts.plot_x, plot=charts)
    environment.filters["flag"] = flag_text
    return environment.get_template("report.html")


def flag_text(flag: str) -> str:
    """A flag of a comparison, or of one of its sightings, in words."""
    kind, _, name = flag.partition(": ")
    if kind in SIGHTING_WORDS and name:
        return f"{name}: {SIGHTING_WORDS[kind]}"
    return FLAG_WORDS.get(flag, f"Flag: {flag}")


def _sections(comparison: Comparison, album: Album) -> tuple[PairSection, ...]:
    evidence = {frozenset((pair.a, pair.b)): pair for pair in comparison.pairs}
    sections = []
    for i, verdict in enumerate(comparison.verdicts):
        pair = evidence.get(frozenset((verdict.a, verdict.b)))
        best = [(f.flank.value, pair_name(f.best)) for f in pair.flanks] if pair else []
        more = [pair_name(one) for one in next_best(pair)] if pair else []
        section = PairSection(
            f"pair-{i}",
            verdict,
            pair,
            tuple((flank, name) for flank, name in best if name in album.pairs),
            tuple(name for name in more if name in album.pairs),
            controls_of(pair) if pair else (),
        )
        sections.append(section)
    return tuple(sections)


def controls_of(pair: SightingPairEvidence) -> tuple[Control, ...]:
    """The worst outcome of each control over all pictures of two sightings: failed first."""
    pictures = (*(flank.best for flank in pair.flanks), *pair.pairs)
    worst: dict[str, Control] = {}
    for control in (c for picture in pictures for c in picture.controls):
        now = worst.get(control.name)
        if now is None or _worry(control) > _worry(now):
            worst[control.name] = control
    return tuple(worst.values())


def _worry(control: Control) -> tuple[bool, float]:
    return not control.passed, control.score - control.animal_score


def _verdicts_by_pair(comparison: Comparison) -> dict[tuple[str, str], tuple[str, PairVerdict]]:
    """The anchor and verdict of each pair, in both orders."""
    found = {}
    for i, verdict in enumerate(comparison.verdicts):
        found[verdict.a, verdict.b] = (f"pair-{i}", verdict)
        found[verdict.b, verdict.a] = (f"pair-{i}", verdict)
    return found


def _rows(provenance: Mapping[str, object]) -> list[tuple[str, str]]:
    """Provenance as rows of text; one row for each entry of a table inside it."""
    rows: list[tuple[str, str]] = []
    for key, value in provenance.items():
        if isinstance(value, Mapping):
            rows += [(f"{key}: {inner}", _text(item)) for inner, item in value.items()]
        else:
            rows.append((key, _text(value)))
    return rows


def _text(value: object) -> str:
    simple = plain(value)
    return simple if isinstance(simple, str) else json.dumps(simple, ensure_ascii=False)
