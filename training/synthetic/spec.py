"""What a synthetic picture shows: every choice in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from reid.errors import ConfigError
from reid.types import Flank
from reid.types.checks import require
from training.synthetic.condition import Condition
from training.synthetic.family import Family

FULL_DETAIL = 1000  # texels of coat on a metre of skin


class Illumination(StrEnum):
    """Where the light comes from."""

    DAY = "day"
    DUSK = "dusk"
    FLASH = "flash"  # white flash at night
    INFRARED = "infrared"  # greyscale, hot spot in the middle


class Scene(StrEnum):
    """What grows and lies around."""

    GRASS = "grass"
    BUSH = "bush"
    DESERT = "desert"
    ROCKS = "rocks"


@dataclass(frozen=True, slots=True)
class Pose:
    """How the animal holds itself while it walks.

    ``gait_phase`` in cycles (only the fraction counts); ``stride`` 1 is a normal walk, 0
    stands; angles in degrees, ``head_turn_deg`` positive towards the camera, ``bend_deg`` is the
    sideways curve of the spine, ``tail_curl`` 0 hangs, 1 curls up. ``trot`` from 0 (walk) to 1;
    ``neck_deg`` lowers the neck when negative; ``crouch_m`` lowers the body, 0.3 lies; ``sit`` from
    0 to 1; ``turn_deg`` bends the body sideways with its legs, positive to the animal's left.
    """

    gait_phase: float = 0.1
    stride: float = 1.0
    head_turn_deg: float = 0.0
    head_pitch_deg: float = 12.0
    bend_deg: float = 0.0
    tail_curl: float = 0.5
    trot: float = 0.0
    neck_deg: float = 0.0
    crouch_m: float = 0.0
    sit: float = 0.0
    turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class RenderSpec:
    """One synthetic picture; equal specs give equal pixels on one machine.

    ``individual``, ``station`` and ``picture`` are seeds: the animal, the place (two specs of one
    station share the background), and everything that is fresh in each picture (fur grain,
    noise, grass in front). ``yaw_deg``: 0 walks across, positive away from the camera;
    ``pitch_deg``: how far the camera looks down on the animal. ``size_px``: nose to rump as seen
    from the side. ``centre_xy``: where the middle of the body falls, as fractions of the
    picture; near or beyond 0 and 1 the frame cuts the animal. ``exposure_ev`` in stops;
    ``noise``, ``fog`` and ``occlusion`` from 0 (none) to 1. ``strip`` is the text of the burnt-in
    info strip ("SYNTHETIC" is put before it), None for no strip. ``scene`` None: the station's.

    ``family`` is the kind of coat. ``distance_m`` from the camera; None: as far as a trail camera's
    field of view over the whole picture puts it (say it where the picture is a crop).
    ``texels_per_m`` of coat and body: 1000 is full detail, 400 suits an animal of 250 px and is ten
    times as fast. ``lamp_xy`` and ``lamp_spread``: middle (fractions of the picture) and size of an
    infrared lamp's light. ``condition`` of the coat that day; ``dapple`` from 0 to 1: shadows of
    grass and leaves on the animal; ``burn`` from 0 to 1: a lamp too near, burnt out with streaks;
    ``soft_seams``: shoulders and haunches wear the skin of the torso, without a line between.

    Raises:
        ConfigError: at birth, for a value outside its range.
    """

    individual: int
    flank: Flank = Flank.LEFT
    pose: Pose = field(default_factory=Pose)
    yaw_deg: float = 0.0
    pitch_deg: float = 6.0
    size_px: float = 900.0
    centre_xy: tuple[float, float] = (0.5, 0.55)
    picture_wh: tuple[int, int] = (1600, 1200)
    light: Illumination = Illumination.DAY
    exposure_ev: float = 0.0
    motion_blur_px: float = 0.0
    defocus_px: float = 0.0
    noise: float = 0.15
    fog: float = 0.0
    occlusion: float = 0.0
    scene: Scene | None = None
    station: int = 0
    picture: int = 0
    jpeg_quality: int = 88
    strip: str | None = None
    family: Family = Family.LEOPARD
    distance_m: float | None = None
    texels_per_m: int = FULL_DETAIL
    lamp_xy: tuple[float, float] = (0.5, 0.5)
    lamp_spread: float = 0.16
    condition: Condition = field(default_factory=Condition)
    dapple: float = 0.0
    burn: float = 0.0
    soft_seams: bool = False

    def __post_init__(self) -> None:
        sides = (Flank.LEFT, Flank.RIGHT)
        _check(self.flank in sides, f"flank: expected left or right, found {self.flank}")
        for name, low, high in _RANGES:
            value = getattr(self, name)
            _check(low <= value <= high, f"{name}: expected {low} to {high}, found {value}")
        _check(
            all(64 <= side <= 4096 for side in self.picture_wh),
            f"picture_wh: expected 64 to 4096 pixels, found {self.picture_wh}",
        )
        _check(
            all(-1 <= c <= 2 for c in self.centre_xy),
            f"centre_xy: expected fractions of the picture in [-1, 2], found {self.centre_xy}",
        )
        _check(
            self.distance_m is None or 0.5 <= self.distance_m <= 100,
            f"distance_m: expected 0.5 to 100 metres or None, found {self.distance_m}",
        )

    @property
    def coarse(self) -> bool:
        """Whether body and coat are drawn with less than full detail."""
        return self.texels_per_m < FULL_DETAIL


_RANGES = (
    ("individual", 0, 2**63),
    ("station", 0, 2**63),
    ("picture", 0, 2**63),
    ("yaw_deg", -60.0, 60.0),
    ("pitch_deg", -10.0, 35.0),
    ("size_px", 20.0, 4000.0),
    ("exposure_ev", -6.0, 6.0),
    ("motion_blur_px", 0.0, 60.0),
    ("defocus_px", 0.0, 20.0),
    ("noise", 0.0, 1.0),
    ("fog", 0.0, 1.0),
    ("occlusion", 0.0, 1.0),
    ("jpeg_quality", 5, 100),
    ("texels_per_m", 100, FULL_DETAIL),
    ("lamp_spread", 0.01, 10.0),
    ("dapple", 0.0, 1.0),
    ("burn", 0.0, 1.0),
)


def _check(condition: bool, message: str) -> None:
    require(condition, f"render spec: {message}", ConfigError)
