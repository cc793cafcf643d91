"""Single third-party files without a bundle: pinned by hash, read as files, never imported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights.manifest import FileEntry
from reid.weights.places import weights_root
from reid.weights.tensors import read_tensors

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file below the weights root, what its bytes must be, and whose it is.

    ``license`` is an SPDX expression; ``fetch`` the command that brings the file.
    """

    path: str
    sha256: str
    license: str
    origin: str
    fetch: str = "reid weights fetch"

    def read(self, root: Path | None = None) -> bytes:
        """The file's bytes, checked. ``root`` None: ``reid.weights.weights_root()``.

        Raises:
            WeightsMissingError: not there, or not readable.
            WeightsAlteredError: other bytes than the pinned ones.
        """
        file = (weights_root() if root is None else root) / self.path
        try:
            content = file.read_bytes()
        except OSError as error:
            raise WeightsMissingError(
                f"expected the weights file {file} ({self.origin}), found none "
                f"({error.strerror}): run `{self.fetch}`"
            ) from error
        self._check(content, file)
        return content

    def tensors(self, root: Path | None = None) -> dict[str, Tensor]:
        """The checkpoint's tensors by name, on the CPU, after the hash matched.

        Raises:
            WeightsMissingError, WeightsAlteredError: as ``read``; also a pickle that holds anything
                but finite tensors (nothing of it is run).
        """
        content = self.read(root)
        entry = FileEntry(path=self.path, sha256=self.sha256, bytes=len(content))
        return read_tensors(entry, content)

    def _check(self, content: bytes, file: Path) -> None:
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise WeightsAlteredError(
                f"{file}: expected sha256 {self.sha256} ({self.origin}), found {found}: "
                "the file is damaged or was changed and is not loaded; delete it and run "
                f"`{self.fetch}`"
            )
