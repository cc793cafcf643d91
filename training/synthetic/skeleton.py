"""Where the joints are: a walking cat, from a pose.

Body frame in metres: x forward, y to the animal's left, z up from the ground.
"""

from __future__ import annotations

import math

import numpy as np

from training.synthetic.arrays import Points
from training.synthetic.spec import Pose

BODY_LENGTH_M = 1.24  # nose to rump of the model
SPINE_XZ = np.array(
    [
        (-0.504, 0.500),
        (-0.482, 0.505),
        (-0.414, 0.525),
        (-0.297, 0.530),
        (-0.162, 0.520),
        (0.000, 0.510),
        (0.144, 0.510),
        (0.270, 0.522),
        (0.369, 0.545),
        (0.436, 0.572),
        (0.491, 0.592),
        (0.531, 0.602),
    ]
)
_STANCE = 0.64  # share of the cycle in which a foot is on the ground
_STRIDE_M = 0.36
_LIFT_M = 0.075
# Lateral sequence walk: each hind foot a quarter cycle before the fore foot of its side.
_FOOT_PHASE = {"hind": 0.0, "fore": 0.25}
_SHOULDER_XZ = np.array([0.257, 0.545])
_SIT_RAD = math.radians(40)  # how far the spine rises in front when the rump is on the ground
_ON_GROUND_M = 0.075  # of the elbow of a folded leg
_LYING_M = (0.10, 0.30)  # a body lowered so far begins to fold its legs; lies


def spine(pose: Pose) -> Points:
    """Centre line of torso and neck, rump first: (12, 3)."""
    bob = 0.008 * pose.stride * math.sin(4 * math.pi * pose.gait_phase)
    held = _held(pose, SPINE_XZ)
    x, z = held[:, 0], held[:, 1] + bob
    if pose.neck_deg:
        x, z = _lowered_neck(pose, x, z)
    curve = math.radians(pose.bend_deg) * (x + 0.1) * np.abs(x + 0.1)
    return np.stack([x, curve + _sideways(pose, x), z], axis=1)


def head(pose: Pose, neck_end: Points, towards: float) -> Points:
    """Two points, skull base and nose; ``towards`` is +1 when the camera is on the left."""
    turn = math.radians(pose.head_turn_deg) * towards + 1.1 * math.radians(pose.turn_deg)
    pitch = math.radians(pose.head_pitch_deg)
    direction = np.array(
        [math.cos(turn) * math.cos(pitch), math.sin(turn) * math.cos(pitch), -math.sin(pitch)]
    )
    base = neck_end - np.array([0.045, 0, 0.005])
    return np.stack([base, base + 0.25 * direction])


def foot(pose: Pose, girdle: str, side: float) -> tuple[float, float]:
    """Fore-aft offset from the rest position and height of a foot, in metres."""
    offset = 0.0 if side > 0 else 0.5
    lead = _FOOT_PHASE[girdle] + (0.25 * pose.trot if girdle == "fore" else 0.0)  # trot: diagonal
    phase = (pose.gait_phase + lead + offset) % 1.0
    stance = _STANCE - 0.18 * pose.trot
    half = 0.5 * _STRIDE_M * pose.stride
    if phase < stance:
        return half * (1 - 2 * phase / stance), 0.0
    swing = (phase - stance) / (1 - stance)
    ahead = half * (-math.cos(math.pi * swing))
    return ahead, (1 + pose.trot) * _LIFT_M * pose.stride * math.sin(math.pi * swing)


def fore_leg(pose: Pose, side: float, limb: float) -> Points:
    """Scapula, shoulder, elbow, wrist, knuckle, toe: (6, 3)."""
    ahead, lift = foot(pose, "fore", side)
    fold = _fold(pose)
    pivot = _held(pose, np.array([0.257 + 0.12 * ahead, 0.545]))
    wrist = np.array([0.27 + ahead - 0.02 - 0.6 * lift, 0.105 + lift])
    wrist = wrist + fold * np.array([0.27, -0.05]) + pose.sit * np.array([0.02, 0.0])
    elbow = two_links(pivot, wrist, 0.255 * limb, 0.235 * limb, bend=-1.0)
    if fold:
        elbow[1] = max(elbow[1], _ON_GROUND_M)
    scapula = pivot + np.array([-0.04 + 0.15 * ahead, 0.075])
    shoulder = pivot + 0.45 * (elbow - pivot) + np.array([0.03, 0])
    knuckle = wrist + np.array([0.02 - 0.5 * lift, -0.07])
    toe = knuckle + np.array([0.062, -0.018])
    if fold:
        knuckle = wrist + np.array([0.055, -0.070 + 0.065 * fold])
        toe = knuckle + np.array([0.062, -0.012])
    leg = _lift_to_3d([scapula, shoulder, elbow, wrist, knuckle, toe], side, 0.098, 0.075)
    return _swung(pose, leg)


def hind_leg(pose: Pose, side: float, limb: float) -> Points:
    """Ilium, hip, knee, hock, knuckle, toe: (6, 3)."""
    ahead, lift = foot(pose, "hind", side)
    fold = max(_fold(pose), pose.sit)
    hip = _held(pose, np.array([-0.375, 0.545]))
    knuckle = np.array([-0.385 + ahead, 0.035 + lift])
    knuckle = knuckle + fold * np.array([0.20 + (hip[0] + 0.375), 0.0])
    hock = knuckle + 0.165 * limb * np.array([-0.45 + 0.9 * ahead - 2.0 * lift, 0.88])
    if fold:
        hock = hock + fold * 0.165 * limb * np.array([-0.5, -0.74])
    knee = two_links(hip, hock, 0.215 * limb, 0.235 * limb, bend=1.0)
    ilium = hip + np.array([-0.01, 0.06])
    thigh = hip + 0.5 * (knee - hip) + np.array([-0.025, 0])
    toe = knuckle + np.array([0.068, -0.015])
    leg = _lift_to_3d([ilium, thigh, knee, hock, knuckle, toe], side, 0.088, 0.07)
    return _swung(pose, leg)


def two_links(a: Points, c: Points, first: float, second: float, bend: float) -> Points:
    """The joint b with |ab| = ``first`` and |bc| = ``second``; ``bend`` +1 puts it forward.

    Elementary two-link inverse kinematics; a target out of reach is approached in a line.
    """
    delta = c - a
    reach = float(np.hypot(*delta))
    reach = min(max(reach, abs(first - second) + 1e-6), first + second - 1e-6)
    along = (first**2 - second**2 + reach**2) / (2 * reach)
    across = math.sqrt(max(first**2 - along**2, 0.0))
    unit = delta / max(float(np.hypot(*delta)), 1e-9)
    normal = np.array([-unit[1], unit[0]])
    return np.asarray(a + along * unit + bend * across * normal, np.float64)


def tail(pose: Pose, towards: float) -> Points:
    """Centre line of the tail, root first: (12, 3)."""
    s = np.linspace(0, 1, 12)
    fall = np.radians(62 - 25 * pose.tail_curl)
    turn = fall - np.radians(60 + 130 * pose.tail_curl) * s**2
    sway = 0.10 * math.sin(2 * math.pi * pose.gait_phase) * s**1.5 - 0.05 * towards * s
    step = 0.86 / 11
    root_x, root_z = (float(c) for c in _held(pose, np.array([-0.472, 0.565])))
    x = root_x - np.concatenate([[0], np.cumsum(np.cos(turn[1:]) * step)])
    z = root_z - np.concatenate([[0], np.cumsum(np.sin(turn[1:]) * step)])
    return _swung(pose, np.stack([x, sway, np.maximum(z, 0.05)], axis=1))


def _held(pose: Pose, xz: Points) -> Points:
    """Points (..., 2) of the trunk after sitting (rising about the shoulder) and crouching."""
    if pose.sit:
        angle = _SIT_RAD * pose.sit
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        xz = (xz - _SHOULDER_XZ) @ turn + _SHOULDER_XZ
    return xz - np.array([0.0, pose.crouch_m]) if pose.crouch_m else xz


def _fold(pose: Pose) -> float:
    """0: the legs stand, 1: they lie folded."""
    low, high = _LYING_M
    return min(1.0, max(0.0, (pose.crouch_m - low) / (high - low)))


def _lowered_neck(pose: Pose, x: Points, z: Points) -> tuple[Points, Points]:
    """The spine before the shoulder turned by ``neck_deg``, more towards the head."""
    at = 6  # the joint above the shoulder
    share = np.clip(np.arange(len(x)) - at, 0, 3) / 3
    angle = math.radians(pose.neck_deg) * share
    dx, dz = x - x[at], z - z[at]
    turned_x = x[at] + dx * np.cos(angle) - dz * np.sin(angle)
    turned_z = z[at] + dx * np.sin(angle) + dz * np.cos(angle)
    return np.where(share > 0, turned_x, x), np.where(share > 0, turned_z, z)


def _sideways(pose: Pose, x: Points) -> Points:
    """How far a turning body has swung to its left at x."""
    return np.asarray(math.radians(pose.turn_deg) * (x + 0.1) * np.abs(x + 0.1), np.float64)


def _swung(pose: Pose, points: Points) -> Points:
    """A leg or tail that follows a turning body; where it joins the trunk decides."""
    if not pose.turn_deg:
        return points
    away = float(_sideways(pose, points[:1, 0])[0])
    return np.asarray(points + np.array([0.0, away, 0.0]), np.float64)


def _lift_to_3d(points_xz: list[Points], side: float, out_top: float, out_low: float) -> Points:
    flat = np.array(points_xz)
    out = side * np.interp(np.arange(len(flat)), [0, 1, len(flat) - 1], [out_top, out_top, out_low])
    return np.stack([flat[:, 0], out, flat[:, 1]], axis=1)
