"""Bundles of weights: which there are, which serves, promoting, rolling back."""

from __future__ import annotations

from pathlib import Path

from reid.client.asking import Asking
from reid.client.operation import Ask, File, at, operation
from reid.client.results import (
    Bundle,
    BundleDetail,
    Bundles,
    Job,
    Promotion,
    Promotions,
    ReEmbed,
)

ONE = "/v1/bundles/{reference}"


class AskBundles(Asking):
    """What admins decide of weights, and everybody may read."""

    @operation("GET /v1/bundles")
    def bundles(self) -> Bundles:
        """Every bundle, and the one that serves."""
        return self._result(Bundles, Ask("GET", "/v1/bundles"))

    @operation("GET /v1/bundles/{reference}")
    def bundle(self, reference: str) -> BundleDetail:
        """A bundle by sha256, fingerprint, NAME@VERSION or name. Raises MissingError."""
        return self._result(BundleDetail, Ask("GET", at(ONE, reference=reference)))

    @operation("GET /v1/bundles/{reference}/file")
    def bundle_file(self, reference: str) -> bytes:
        """A bundle with its signature as one file. Raises MissingError."""
        return self._bytes(Ask("GET", at(ONE + "/file", reference=reference)))

    @operation("POST /v1/bundles")
    def bring_bundle(self, file: Path | str) -> Bundle:
        """Take in a bundle that a catalogue signed whose key is trusted there; serves nothing yet.

        Raises:
            OSError: the file cannot be read.
        """
        sent = [File(Path(file), Path(file).name, "bundle")]
        return self._result(Bundle, Ask("POST", "/v1/bundles", files=sent))

    @operation("POST /v1/bundles/{reference}/promote")
    def promote_bundle(self, reference: str, why: str, *, override: bool = False) -> Promotion:
        """Let a bundle serve; ``override``: although no trial passed, for the reason ``why``.

        Raises:
            ContradictionError: it is not ready, or was not tried, or refused.
        """
        path = at(ONE + "/promote", reference=reference)
        body = {"why": why, "override": override}
        return self._result(Promotion, Ask("POST", path, json=body, repeatable=False))

    @operation("POST /v1/bundles/{reference}/trial")
    def try_bundle(self, reference: str, *, seed: int | None = None) -> Job:
        """Try a bundle against the one that serves; ``bundle(...).gate`` has what was found."""
        path = at(ONE + "/trial", reference=reference)
        return self._result(Job, Ask("POST", path, json={"seed": seed}))

    @operation("POST /v1/bundles/{reference}/re-embed")
    def re_embed(
        self, reference: str, *, promote: str | None = None, override: bool = False
    ) -> ReEmbed:
        """Make everything stored ready for a bundle; ``promote`` says why it serves then."""
        path = at(ONE + "/re-embed", reference=reference)
        body = {"promote": promote, "override": override}
        return self._result(ReEmbed, Ask("POST", path, json=body))

    @operation("GET /v1/promotions")
    def promotions(self) -> Promotions:
        """Which bundle served, since when, by whom and why; oldest first."""
        return self._result(Promotions, Ask("GET", "/v1/promotions"))

    @operation("POST /v1/promotions/roll-back")
    def roll_back(self, why: str) -> Promotion:
        """Undo the newest promotion that stands. Raises ContradictionError where none does."""
        path = "/v1/promotions/roll-back"
        return self._result(Promotion, Ask("POST", path, json={"why": why}, repeatable=False))
