"""Four synthetic sightings that mirror the shape of a real record: the demonstration's input."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from reid.types import Flank
from training.synthetic.jpeg import encode_jpeg
from training.synthetic.render import render
from training.synthetic.spec import Illumination, Pose, RenderSpec, Scene

COLUMNS = (
    "sighting_id",
    "station",
    "camera",
    "datetime",
    "datetime_alt",
    "latitude",
    "longitude",
    "media_path",
    "flank",
)
WANDERER, STRANGER = 2018, 4711  # seeds of the two animals
_STEP_S = 1  # between frames of a burst
_CYCLES_PER_S = 0.83  # a walking leopard's gait
_WALK_SHARE = 0.05  # of the picture's width between frames


@dataclass(frozen=True, slots=True)
class Burst:
    """Frames of one camera in one sighting, each one second after the last.

    ``frames`` change ``base`` frame by frame; gait, place in the picture and ``picture`` seed
    move on by themselves.
    """

    sighting: str
    station: str
    camera: str
    start: datetime
    base: RenderSpec
    frames: tuple[dict[str, float], ...]
    alternative: datetime | None = None


def demo_sightings(out_dir: Path) -> Path:
    """Render the demonstration and return the path of its ``sightings.csv``.

    September shows the right flank only (night, one camera, one frame fit for use), November
    both flanks at dawn (two cameras facing each other, a disputed date), December the left flank
    by day, all of one animal; ``stranger`` is another animal's left flank. Nobody knows where
    the stations are, so latitude and longitude stay empty. ``media_path`` is relative to the
    table.
    """
    rows = [row for burst in bursts() for row in _write(burst, out_dir)]
    table = out_dir / "sightings.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return table


def bursts() -> tuple[Burst, ...]:
    """What is rendered, camera by camera."""
    dawn, disputed = datetime(2018, 11, 11, 6, 57), datetime(2018, 11, 6, 6, 57)
    november = [
        Burst("november", "synthetic-A", camera, dawn, base, ({},) * 4, disputed)
        for camera, base in (("synthetic-A1", _DAWN_LEFT), ("synthetic-A2", _DAWN_RIGHT))
    ]
    autumn, winter = datetime(2018, 9, 29, 22, 57), datetime(2018, 12, 7, 16, 27)
    between = datetime(2018, 11, 20, 17, 5)
    return (
        Burst("september", "synthetic-A", "synthetic-A1", autumn, _NIGHT, _NIGHT_FRAMES),
        *november,
        Burst("december", "synthetic-B", "synthetic-B1", winter, _DAY, ({},) * 4),
        Burst("stranger", "synthetic-C", "synthetic-C1", between, _OTHER, ({},) * 4),
    )


_NIGHT = RenderSpec(
    individual=WANDERER,
    flank=Flank.RIGHT,
    light=Illumination.FLASH,
    scene=Scene.DESERT,
    station=11,
    yaw_deg=12.0,
    size_px=760.0,
    exposure_ev=-1.6,
    noise=0.5,
    jpeg_quality=80,
    occlusion=0.15,
)
_NIGHT_FRAMES: tuple[dict[str, float], ...] = (
    {"exposure_ev": -3.2, "motion_blur_px": 18.0, "noise": 0.9},
    {"exposure_ev": -2.4, "defocus_px": 4.0, "noise": 0.8},
    {"exposure_ev": -0.8, "motion_blur_px": 2.0, "noise": 0.4},
    {"exposure_ev": -2.8, "motion_blur_px": 26.0, "noise": 0.9},
)
_DAWN_LEFT = RenderSpec(
    individual=WANDERER,
    flank=Flank.LEFT,
    light=Illumination.DUSK,
    scene=Scene.DESERT,
    station=12,
    yaw_deg=-6.0,
    size_px=880.0,
    exposure_ev=0.7,
    noise=0.25,
)
_DAWN_RIGHT = replace(_DAWN_LEFT, flank=Flank.RIGHT, station=13, yaw_deg=6.0, size_px=840.0)
_DAY = RenderSpec(
    individual=WANDERER,
    flank=Flank.LEFT,
    light=Illumination.DAY,
    scene=Scene.DESERT,
    station=14,
    yaw_deg=10.0,
    size_px=920.0,
    noise=0.1,
)
_OTHER = replace(_DAY, individual=STRANGER, scene=Scene.ROCKS, station=15, yaw_deg=-8.0)


def frame_spec(burst: Burst, number: int) -> RenderSpec:
    """The spec of one frame: the animal has walked on since the first."""
    seconds = number * _STEP_S
    at = burst.start + timedelta(seconds=seconds)
    ahead = -1.0 if burst.base.flank is Flank.LEFT else 1.0
    x = 0.5 + ahead * _WALK_SHARE * (number - 0.5 * (len(burst.frames) - 1))
    phase = (0.1 + _CYCLES_PER_S * seconds) % 1.0
    pose = Pose(gait_phase=phase, head_turn_deg=6.0 * number, tail_curl=0.4 + 0.1 * number)
    strip = f"{at:%Y-%m-%d %H:%M:%S}  {burst.camera}"
    base = replace(burst.base, pose=pose, centre_xy=(x, 0.56), picture=number, strip=strip)
    return replace(base, **burst.frames[number])  # type: ignore[arg-type]


def _write(burst: Burst, out_dir: Path) -> list[dict[str, str]]:
    folder = out_dir / burst.sighting
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(len(burst.frames)):
        spec = frame_spec(burst, number)
        at = burst.start + timedelta(seconds=number * _STEP_S)
        name = f"SYNTHETIC-{burst.sighting}-{burst.camera}-{number + 1}.jpg"
        content = encode_jpeg(render(spec), captured_at=at, camera_model=burst.camera)
        (folder / name).write_bytes(content)
        rows.append(_row(burst, at, f"{burst.sighting}/{name}", spec.flank))
    return rows


def _row(burst: Burst, at: datetime, media_path: str, flank: Flank) -> dict[str, str]:
    shift = at - burst.start
    other = burst.alternative
    return {
        "sighting_id": burst.sighting,
        "station": burst.station,
        "camera": burst.camera,
        "datetime": at.isoformat(),
        "datetime_alt": (other + shift).isoformat() if other else "",
        "latitude": "",
        "longitude": "",
        "media_path": media_path,
        "flank": str(flank),
    }
