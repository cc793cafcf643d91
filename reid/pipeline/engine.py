"""Everything that is loaded once: localiser, network, features, calibration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
from threadpoolctl import threadpool_limits

import reid
from reid.config import PipelineConfig, Strips
from reid.detect import Localiser, load_localiser
from reid.embed import Embedder, load_embedder, use_threads
from reid.errors import WeightsMissingError
from reid.fuse import Calibration, parse_calibration
from reid.index import use_threads as search_with
from reid.local.contract import LocalExtractor
from reid.match.contract import Matcher
from reid.pipeline.methods import load_method, require_fitted_on
from reid.registry.default import configured
from reid.strips import StripReader
from reid.verify.contract import Verifier
from reid.view.flank import FlankHead
from reid.weights import SPECIES_BUNDLE, Bundle, find_shipped, load_bundle, read_calibration

FLANK_HEAD = "flank-head.json"
SECOND_LOOK = "saliency"
_DAY_FIRST = {"yes": None, "dmy": True, "mdy": False}
_PACKAGE = Path(reid.__file__).parent


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """The loaded stages; safe to share between threads, costly to make, so made once.

    ``screener`` has the classifier that tells leopards from other species and the feature map that
    the flank head reads: the embedder itself where it can, else `reid.weights.SPECIES_BUNDLE`.
    """

    config: PipelineConfig
    localiser: Localiser
    second_look: Localiser
    embedder: Embedder
    screener: Embedder
    local: LocalExtractor
    matcher: Matcher
    verifier: Verifier
    flank_head: FlankHead | None
    calibration: Calibration | None
    calibration_sha256: str = ""
    bundle: Bundle | None = None
    strips: StripReader | None = None

    @classmethod
    def load(
        cls,
        config: PipelineConfig | None = None,
        *,
        threads: int = 2,
        calibrated: bool = True,
        bundle: Bundle | None = None,
        strips: Strips = "no",
    ) -> Engine:
        """Load what ``config`` names.

        ``calibrated`` False is for fitting a calibration: such an engine measures, never answers.
        ``bundle`` goes before the one that ``config`` names: files that the caller has checked
        (`reid.registry.Registry.open`). ``strips`` as `reid.config.Settings.read_strips`.

        Raises:
            WeightsError: weights or calibration are missing or altered.
            ConfigError: a stage of that name does not exist, the calibration is of another, or
                strips are to be read and the extra for it is missing.
        """
        config = config or PipelineConfig()
        if bundle is None:
            bundle = load_bundle(config.bundle)
        else:
            config = replace(config, bundle=bundle.name)
        _use_threads(threads)
        method = load_method(config.local)
        content = _calibration_bytes(bundle) if calibrated else b""
        calibration = parse_calibration(content) if content else None
        if calibration is not None:
            require_fitted_on(calibration, config.local)
        embedder = load_embedder(bundle)
        screener = load_embedder(screening_bundle(bundle))  # the same object for the same bundle
        return cls(
            config=config,
            localiser=load_localiser(config.localiser),
            second_look=load_localiser(SECOND_LOOK),
            embedder=embedder,
            screener=screener,
            local=method.local,
            matcher=method.matcher,
            verifier=method.verifier,
            flank_head=_flank_head(screener),
            calibration=calibration,
            calibration_sha256=hashlib.sha256(content).hexdigest() if content else "",
            bundle=bundle,
            strips=None if strips == "no" else StripReader(day_first=_DAY_FIRST[strips]),
        )

    def fitted(self) -> Calibration:
        """The calibration.

        Raises:
            WeightsMissingError: this engine was loaded without one.
        """
        if self.calibration is None:
            raise WeightsMissingError(
                "this engine has no calibration: load it with calibrated=True to compare"
            )
        return self.calibration

    def used(self) -> dict[str, str]:
        """The bundle that answers: name, version, fingerprint, and the sha256 that registers it."""
        known = configured(self.bundle) if self.bundle else None
        return {
            "name": known.name if known else self.config.bundle,
            "version": known.version if known else "",
            "fingerprint": self.embedder.fingerprint,
            "sha256": known.sha256 if known else "",
        }

    def provenance(self) -> dict[str, object]:
        """Fingerprints, configuration and code version: what another run must share."""
        return {
            "bundle": self.used(),
            "weights": {
                "embedding": self.embedder.fingerprint,
                "screen": self.screener.fingerprint,
                "localiser": self.localiser.fingerprint,
                "local": self.local.method,
                "flank_head": self.flank_head is not None,
            },
            "calibration": self.calibration_sha256,
            "calibration_fitted_on": self.calibration.fitted_on if self.calibration else "",
            "configuration": self.config.as_dict(),
            "code_version": code_version(),
        }


def screening_bundle(bundle: Bundle) -> Bundle:
    """The bundle that screens species and feeds the flank head: itself where it has classes.

    Raises:
        WeightsError: no such bundle, or a manifest that cannot be read.
    """
    return bundle if bundle.manifest.classes else load_bundle(SPECIES_BUNDLE)


def _use_threads(threads: int) -> None:
    use_threads(threads)
    search_with(threads)
    cv2.setNumThreads(threads)
    # Tables of 2000 x 2000 cosines: on a busy machine one thread of BLAS is faster than two or four
    threadpool_limits(1, user_api="blas")


def _calibration_bytes(bundle: Bundle) -> bytes:
    content = read_calibration(bundle)
    if content is None:
        raise WeightsMissingError(
            f"bundle {bundle.name!r} carries no calibration, so its scores are no evidence; fit "
            "one with `python -m training.calibration.score` and `.fit`"
        )
    return content


def _flank_head(embedder: Embedder) -> FlankHead | None:
    path = find_shipped(f"flank-head/{FLANK_HEAD}")
    if not path.exists():
        return None
    head = FlankHead.load(path)
    return head if head.fingerprint == embedder.fingerprint else None


@cache
def code_version() -> str:
    """Version and a hash over this package's source: two answers of one version agree."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{reid.__version__}+{digest.hexdigest()[:12]}"
