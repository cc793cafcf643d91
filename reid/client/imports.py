"""Other tools' data, sent or named: looked at first, taken in when confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reid.client.asking import Asking
from reid.client.operation import Ask, File, operation
from reid.client.results import Imported


class AskImports(Asking):
    """``confirm=False`` changes nothing. ``how``: what the service takes beside it: ``format``,
    ``columns`` (CSV), ``dates``, ``prefix``, ``gap_minutes``, ``species``, ``licence`` (SPDX),
    ``same_names``, ``replace``, ``exif_positions``. MegaDetector's results know no deployments:
    ``deployments`` is Camtrap DP's table of them.
    """

    @operation("POST /v1/imports")
    def import_archive(
        self, source: str, *, by: str, confirm: bool = False, **how: Any
    ) -> Imported:
        """A source below the service's archives folder, ``deployments`` likewise.

        Raises MissingError.
        """
        body = {"source": source, "by": by, "confirm": confirm, **how}
        return self._result(Imported, Ask("POST", "/v1/imports", json=body))

    @operation("POST /v1/imports/files")
    def import_file(
        self,
        file: Path | str,
        *,
        by: str,
        confirm: bool = False,
        deployments: Path | str | None = None,
        **how: Any,
    ) -> Imported:
        """A table, a document, or a zip file of them with their pictures.

        ``deployments`` is a file here; a ``deployments.csv`` in the zip file needs no naming.

        Raises:
            OSError: the file cannot be read.
        """
        metadata = json.dumps({"by": by, "confirm": confirm, **how})
        sent = [File(Path(file), Path(file).name)]
        if deployments is not None:
            sent.append(File(Path(deployments), Path(deployments).name, "deployments"))
        ask = Ask("POST", "/v1/imports/files", metadata=metadata, files=sent)
        return self._result(Imported, ask)
