"""The models: every file hashed, and loaded once."""

from __future__ import annotations

from collections.abc import Iterator

from reid.config import PipelineConfig, Settings
from reid.doctor.finding import Finding, bad, look, ok


def weights(settings: Settings) -> Iterator[Finding]:
    """Every file that the engine reads, against its pin."""
    from reid.pipeline.readiness import verify_loaded

    for report in verify_loaded(PipelineConfig.of(settings)):
        wrong = [f"{file.path}: {file.problem}" for file in report.files if file.status != "ok"]
        what = f"weights {report.bundle}"
        if wrong:
            yield bad(what, "; ".join(wrong), "run `reid weights fetch`")
        elif report.note:
            yield look(what, report.note, "say flanks by hand, or fit a flank head")
        else:
            yield ok(what, f"{len(report.files)} files as pinned")


def calibration(settings: Settings) -> Iterator[Finding]:
    """Whether scores are evidence, and fitted on what."""
    from reid.fuse import parse_calibration
    from reid.weights import load_bundle, read_calibration

    content = read_calibration(load_bundle(settings.bundle))
    if content is None:
        yield bad(
            "calibration",
            f"{settings.bundle} has none: its scores are no evidence",
            "choose another bundle (LEOPARD_REID_BUNDLE), or fit one",
        )
    else:
        yield ok("calibration", f"fitted on {parse_calibration(content).fitted_on}")
