"""Every hostile picture and video through the door, in a process with little memory.

``python -m training.soak.hostile.child [--seconds S] [--seed N]`` prints one line of JSON: how many
files were tried, read and refused, what broke the contract, the highest memory. The contract: a
picture or an ``ImageError`` that names the file, in bounded time and memory; nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from reid.errors import ImageError
from reid.image import open_image, probe
from reid.video import sample_frames
from training.soak.hostile.pictures import FORMATS, Hostile, flipped, pictures, plain, truncated
from training.soak.hostile.videos import STEP, plain_video, videos
from training.soak.memory import peak_bytes

MEMORY = 3 << 30
"""Address space beyond what is loaded: a picture of the allowed 120 million pixels fits."""

SLOW_S = 20.0
_PAGE_STAT = Path("/proc/self/statm")


def main() -> None:
    """Try them all; then turned bits of good files until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0, help="of turned bits, too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-videos", action="store_true")
    asked = parser.parse_args()
    _limit_memory()
    counts: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        made = [*pictures(), *_cut()]
        clips = [] if asked.no_videos else [*videos(), *_cut_videos()]
        for one in made:
            broken += _tried(one, open_picture, counts)
        for one in clips:
            broken += _tried(one, lambda h: open_video(h, Path(folder)), counts)
        for one in _turned(asked.seconds, asked.seed, videos_too=bool(clips)):
            how = open_picture if one.name.startswith("turned") else None
            broken += _tried(one, how or (lambda h: open_video(h, Path(folder))), counts)
    print(json.dumps({**counts, "broken": broken, "peak_bytes": peak_bytes()}))


def open_picture(one: Hostile) -> None:
    """Header and pixels. Raises ImageError."""
    probe(one.content, file_name=one.name)
    open_image(one.content, file_name=one.name)
    open_image(one.content, file_name=one.name, allow_truncated=True)


def open_video(one: Hostile, folder: Path) -> None:
    """Its frames. Raises ImageError."""
    path = folder / f"video{Path(one.name).suffix}"
    path.write_bytes(one.content)
    sample_frames(path, most=2)


def contract(one: Hostile, how: Callable[[Hostile], None]) -> str:
    """What of the contract was broken; "" for nothing, "read" and "refused" are both right."""
    began = time.monotonic()
    try:
        how(one)
        word = "read"
    except ImageError as error:
        word = "refused" if str(error) else f"{one.name}: refused without a word"
    except BaseException as error:
        return f"{one.name}: {type(error).__name__}: {error}"
    if time.monotonic() - began > SLOW_S:
        return f"{one.name}: took {time.monotonic() - began:.0f} s"
    if one.usable is not None and one.usable != (word == "read"):
        return f"{one.name}: {word}"
    return word


def _tried(one: Hostile, how: Callable[[Hostile], None], counts: Counter[str]) -> list[str]:
    word = contract(one, how)
    counts["tried"] += 1
    counts[word if word in ("read", "refused") else "wrong"] += 1
    return [] if word in ("read", "refused") else [word]


def _cut() -> Iterator[Hostile]:
    """Good pictures of every format, cut at each 64th byte."""
    for kind in FORMATS:
        for number, content in enumerate(truncated(plain(kind))):
            yield Hostile(f"cut {number}.{kind.lower()}", content)


def _cut_videos() -> Iterator[Hostile]:
    for number, content in enumerate(truncated(plain_video(), STEP)):
        yield Hostile(f"cut {number}.mp4", content)


def _turned(seconds: float, seed: int, *, videos_too: bool) -> Iterator[Hostile]:
    chance, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        video = videos_too and chance.random() < 0.2
        kind = chance.choice(FORMATS)
        good = plain_video() if video else plain(kind)
        places = [(chance.randrange(len(good)), chance.randrange(8)) for _ in range(_few(chance))]
        name = f"video {places}.mp4" if video else f"turned {places}.{kind.lower()}"
        yield Hostile(name, flipped(good, places))


def _few(chance: random.Random) -> int:
    return 1 + int(chance.expovariate(0.3))


def _limit_memory() -> None:
    held = int(_PAGE_STAT.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))


if __name__ == "__main__":
    main()
