"""Is every file whole that the models were loaded from?"""

from __future__ import annotations

from collections.abc import Callable

from reid.config import PipelineConfig
from reid.detect import pinned_files
from reid.detect.mask_head import FOLDER, TENSORS, check_files
from reid.errors import WeightsError, WeightsMissingError
from reid.pipeline.engine import FLANK_HEAD, SECOND_LOOK, screening_bundle
from reid.pipeline.identifiable import HEAD
from reid.view.flank import FlankHead
from reid.view.identifiability import IdentifiabilityHead
from reid.weights import (
    Bundle,
    FileReport,
    VerifyReport,
    find_shipped,
    fingerprint,
    load_bundle,
    verify,
)
from reid.weights.pinned import PinnedFile


def verify_loaded(config: PipelineConfig, bundle: Bundle | None = None) -> tuple[VerifyReport, ...]:
    """Every file that an engine of ``config`` reads, hashed: faults are reported, not raised.

    ``bundle`` goes before the one that ``config`` names.

    The bundle with its calibration, the bundle that screens where that is another, the localisers'
    files, the flank head. Learned matchers, which are optional, check their own when they load.

    Raises:
        WeightsError: the bundle's manifest cannot be read.
    """
    localisers = dict.fromkeys((*pinned_files(config.localiser), *pinned_files(SECOND_LOOK)))
    bundle = bundle or load_bundle(config.bundle)
    screener = screening_bundle(bundle)
    others = () if screener.name == bundle.name else (verify(screener),)
    masks = (verify_mask_head(),) if config.localiser == "yolox-mask" else ()
    return (
        verify(bundle),
        *others,
        *map(verify_pinned, localisers),
        verify_flank_head(screener),
        *masks,
    )


def verify_pinned(file: PinnedFile) -> VerifyReport:
    """A third-party file against the hash that the code pins."""
    return VerifyReport(file.origin.split(",")[0], file.license, (_read(file.path, file.read),))


def verify_flank_head(screener: Bundle) -> VerifyReport:
    """The flank head: it has no manifest, but must be there and readable.

    One made for another bundle than the one that screens is no fault: the note says that flanks
    then stay unknown.
    """
    name = f"flank-head/{FLANK_HEAD}"
    made_for: list[str] = []

    def read() -> None:
        place = find_shipped(name)
        if not place.is_file():
            raise WeightsMissingError(f"{place}: expected the flank head, found none")
        made_for.append(FlankHead.load(place).fingerprint)

    report = _read(name, read)
    fits = not made_for or made_for[0] == fingerprint(screener)
    note = "" if fits else f"not made for {screener.name}: flanks stay unknown unless given"
    return VerifyReport("flank-head", "Apache-2.0", (report,), note)


def verify_mask_head() -> VerifyReport:
    """The animal mask head: its tensors against the hash that stands beside them."""
    name = f"{FOLDER}/{TENSORS}"
    report = _read(name, lambda: check_files(find_shipped(FOLDER)))
    return VerifyReport(FOLDER, "Apache-2.0", (report,))


def verify_identifiability_head() -> VerifyReport:
    """The identifiability head against the hash in it; no answer waits for it."""
    report = _read(HEAD, lambda: IdentifiabilityHead.load(find_shipped(HEAD)))
    return VerifyReport("identifiability", "Apache-2.0", (report,))


def _read(path: str, read: Callable[[], object]) -> FileReport:
    try:
        read()
    except WeightsMissingError as error:
        return FileReport(path, "missing", str(error))
    except WeightsError as error:
        return FileReport(path, "altered", str(error))
    return FileReport(path, "ok")
