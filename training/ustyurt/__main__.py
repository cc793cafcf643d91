"""``python -m training.ustyurt``: answers the scenes and writes docs/ustyurt.md."""

from __future__ import annotations

import argparse
import io
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from PIL import Image, ImageDraw

from reid import Comparison, Engine, Sighting
from reid.abundance import Capture, count_of, headline
from training.ustyurt.record import facts, journeys
from training.ustyurt.scenes import SCENES, answered

DOCS = Path(__file__).parents[2] / "docs"
WIDTH_PX = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page and its pictures."""
    parser = argparse.ArgumentParser(prog="python -m training.ustyurt", description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCS, help="folder to write to (docs)")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    engine = Engine.load()
    parts: list[str] = []
    for key in SCENES:
        print(f"{SCENES[key].title} ...", flush=True)
        parts.extend((*scene_lines(key, answered(engine, key)), ""))
        sheet(SCENES[key].sightings(), out / f"ustyurt-{key}.jpg")
    template = (Path(__file__).parent / "page.md.template").read_text(encoding="utf-8")
    page = Template(template).substitute(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=_commit(),
        facts="\n".join(facts()),
        journeys="\n".join(journeys()),
        scenes="\n".join(parts).rstrip(),
    )
    (out / "ustyurt.md").write_text(page, encoding="utf-8")
    return 0


def scene_lines(key: str, found: Comparison) -> Iterator[str]:
    """One scene of the page: truth, picture, verdicts, prior, dates, number of animals."""
    scene = SCENES[key]
    yield f"### {scene.title}\n"
    yield f"Truth: {scene.truth} (the renderer's seeds).\n"
    yield f"![SYNTHETIC pictures of this scene](ustyurt-{key}.jpg)\n"
    yield f"Summary: {found.summary}\n"
    yield "| pair | answer | P(same), prior 0.5 | at priors 0.1 to 0.9 |\n|---|---|---|---|"
    for one in found.verdicts:
        at = "-" if one.probability is None else f"{one.probability:.3f}"
        curve = ", ".join(f"{p.prior:.1f}: {p.probability:.3f}" for p in one.prior_curve)
        yield f"| {one.a} - {one.b} | {one.kind} | {at} | {curve or '-'} |"
    yield ""
    for one in found.verdicts:
        settle = f" **Would settle it:** {one.would_settle}" if one.would_settle else ""
        yield f"- {one.a} - {one.b}: {' '.join(one.reasons)}{settle}"
    for way in found.journeys:
        when = (
            f"{way.a_time:%Y-%m-%d} to {way.b_time:%Y-%m-%d}" if way.a_time and way.b_time else ""
        )
        said = way.note if way.note.startswith(way.status) else f"{way.status}, {way.note}"
        yield f"- journey {way.a} - {way.b}, {when}: {said.rstrip(', ')}"
    yield f"- how many: {_how_many(found)}"


def _how_many(found: Comparison) -> str:
    captures = [
        Capture("", str(s.station), s.times[0].at, s.id, frozenset(str(m.flank) for m in s.media))
        for s in found.sightings
    ]
    links = {
        (min(p.a, p.b), max(p.a, p.b)): p.llr
        for p in found.pairs
        if p.comparable and not p.withheld
    }
    return headline(count_of(captures, links))


def sheet(sightings: Sequence[Sighting], path: Path) -> None:
    """The pictures of a scene side by side, each labelled synthetic."""
    media = [(s.id, m) for s in sightings for m in {m.camera: m for m in s.media}.values()]
    tiles = []
    for name, one in media:
        with Image.open(io.BytesIO(one.content)) as full:
            tile = full.convert("RGB")
        tile.thumbnail((WIDTH_PX, WIDTH_PX))
        words = f"SYNTHETIC {name}, {one.flank}"
        ImageDraw.Draw(tile).text((5, 5), words, "yellow", stroke_width=2, stroke_fill="black")
        tiles.append(tile)
    whole = Image.new("RGB", (WIDTH_PX * len(tiles), max(t.height for t in tiles)))
    for number, tile in enumerate(tiles):
        whole.paste(tile, (number * WIDTH_PX, 0))
    whole.save(path, quality=80)


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(
        asked, capture_output=True, text=True, check=True, cwd=DOCS
    ).stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
