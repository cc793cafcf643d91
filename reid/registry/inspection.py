"""Is a directory a bundle that may serve? Everything is tried before it is let in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import ValidationError

from reid.errors import WeightsAlteredError, WeightsError
from reid.fuse import parse_calibration
from reid.registry.cause import Cause, refuse
from reid.registry.members import CALIBRATION, MANIFEST, MODEL
from reid.registry.sound import absurdities
from reid.weights import Bundle, Manifest, load_bundle, read_calibration, verify

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
PICKLE_STARTS = (b"\x80", b"PK\x03\x04", b"(lp", b"cos\n", b"cposix\n", b"c__builtin__\n")
"""How pickles and torch's zips of pickles begin; a safetensors file begins with a length."""
PROBES = 3
APART = 1e-4
"""Cosine distance below which the vectors of unlike pictures are one and the same."""


def inspect(directory: Path) -> Bundle:
    """The bundle in a directory of checked members, after everything was tried on it: what it says
    of itself, its files' hashes, its licence, its network filled and run, its calibration.

    Raises:
        BundleRefusedError: with the cause by name.
    """
    _refuse_pickle(directory / MODEL)
    bundle = _read(directory)
    check_licence(bundle.manifest.licence.spdx)
    wrong = [f"{file.path}: {file.problem}" for file in verify(bundle).files if file.problem]
    if wrong:
        raise refuse(Cause.ALTERED, "; ".join(wrong))
    _check_calibration(bundle)
    _check_network(bundle)
    return bundle


def _refuse_pickle(model: Path) -> None:
    with model.open("rb") as file:
        start = file.read(16)
    if start.startswith(PICKLE_STARTS) and start[8:9] != b"{":  # there the header begins
        raise refuse(
            Cause.PICKLE,
            f"{MODEL} is a pickle, which may run code when it is read; it was not read. Keep the "
            "weights as safetensors (reid.weights.save_bundle)",
        )


def _read(directory: Path) -> Bundle:
    try:
        bundle = load_bundle(directory)
    except WeightsError as error:
        outside = "stays inside" in str(error)
        raise refuse(Cause.PATH_TRAVERSAL if outside else Cause.MANIFEST, str(error)) from error
    manifest = bundle.manifest
    if [entry.path for entry in manifest.files] != [MODEL] or manifest.kind != "own":
        raise refuse(
            Cause.MANIFEST,
            f"{MANIFEST}: expected kind 'own' with the one file {MODEL}, found kind "
            f"{manifest.kind!r} with {[entry.path for entry in manifest.files]}",
        )
    if manifest.calibration is None or manifest.calibration.path != CALIBRATION:
        raise refuse(
            Cause.CALIBRATION,
            f"{MANIFEST}: expected a calibration in {CALIBRATION}; without one scores are no "
            "evidence",
        )
    _check_words(manifest)
    return bundle


def _check_words(manifest: Manifest) -> None:
    if not VERSION.fullmatch(manifest.version) or not manifest.dim:
        raise refuse(
            Cause.MANIFEST,
            f"{MANIFEST}: expected a version of letters, digits, dots and dashes, and a dim above "
            f"0; found {manifest.version!a} and {manifest.dim}",
        )


def check_licence(*expressions: str) -> None:
    """Raise BundleRefusedError unless each is an SPDX licence expression."""
    for expression in expressions:
        try:
            canonicalize_license_expression(expression)
        except InvalidLicenseExpression as error:
            raise refuse(
                Cause.LICENCE,
                f"expected an SPDX expression such as Apache-2.0 or LicenseRef-own, found "
                f"{expression!a} ({error})",
            ) from error


def check_data_licences(licence: str, data: tuple[str, ...]) -> None:
    """Raise BundleRefusedError where the training data allow less than the weights promise."""
    check_licence(*data)
    for one in data:
        for mark, words in (("-NC", "non-commercial"), ("-SA", "share-alike"), ("-ND", "no")):
            if mark in one.upper() and mark not in licence.upper():
                raise refuse(
                    Cause.LICENCE,
                    f"trained on data under {one} ({words} derivatives), but the weights say "
                    f"{licence}: expected a licence that keeps those terms",
                )


def _check_calibration(bundle: Bundle) -> None:
    try:
        content = read_calibration(bundle)
        calibration = parse_calibration(content or b"")
    except (WeightsError, ValidationError, json.JSONDecodeError, RecursionError) as error:
        raise refuse(Cause.CALIBRATION, str(error)) from error
    wrong = absurdities(calibration)
    if wrong:
        raise refuse(Cause.CALIBRATION, "; ".join(wrong))


def _check_network(bundle: Bundle) -> None:
    from reid.embed.network import check_fits
    from reid.embed.timm_embedder import TimmEmbedder  # torch, only now

    try:
        check_fits(bundle)
        embedder = TimmEmbedder(bundle)
    except WeightsAlteredError as error:
        fits = "does not fit" in str(error) or "the network" in str(error)
        raise refuse(Cause.SHAPES if fits else Cause.WEIGHTS, str(error)) from error
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        # whatever a foreign manifest makes timm or torch stumble over
        raise refuse(Cause.SHAPES, f"the network cannot be built: {error}") from error
    try:
        vectors = embedder.embed(probes())
    except (WeightsAlteredError, RuntimeError) as error:
        raise refuse(Cause.VECTORS, str(error)) from error
    cosines = vectors @ vectors.T
    if vectors.shape != (PROBES, bundle.manifest.dim) or cosines.min() > 1 - APART:
        raise refuse(
            Cause.VECTORS,
            f"expected {PROBES} vectors of {bundle.manifest.dim} numbers that tell unlike pictures "
            f"apart, found {vectors.shape} with cosines from {cosines.min():.6f}",
        )


def probes() -> list[NDArray[np.uint8]]:
    """Pictures (96, 128, 3) that no network may see as one: noise, stripes, spots."""
    noise = np.random.default_rng(7).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    rows, columns = np.mgrid[0:96, 0:128]
    stripes = np.where((columns // 8) % 2, 230, 20)
    spots = np.where((rows % 24 - 12) ** 2 + (columns % 24 - 12) ** 2 < 60, 30, 190)
    flat = [np.repeat(p[..., None], 3, axis=2).astype(np.uint8) for p in (stripes, spots)]
    return [noise, *flat]
