"""Synthetic leopards: one seed is one animal, and every pixel of the coat is known.

``render(RenderSpec(individual=7))`` gives pixels, mask, box and coat coordinates;
``correspondences`` true matches between two pictures; ``sample_spec`` realistic variety;
``encode_jpeg`` a file that says it is synthetic. See ``docs/synthetic.md`` for how and its limits.
"""

from training.synthetic.body import Part
from training.synthetic.jpeg import encode_jpeg
from training.synthetic.render import render
from training.synthetic.rendered import Rendered
from training.synthetic.sampling import Difficulty, sample_pose, sample_spec
from training.synthetic.spec import Illumination, Pose, RenderSpec, Scene
from training.synthetic.truth import Correspondences, correspondences

__all__ = [
    "Correspondences",
    "Difficulty",
    "Illumination",
    "Part",
    "Pose",
    "RenderSpec",
    "Rendered",
    "Scene",
    "correspondences",
    "encode_jpeg",
    "render",
    "sample_pose",
    "sample_spec",
]
