"""A sighting as multipart/form-data: a ``metadata`` part and ``media`` files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import anyio
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from reid.config import Settings
from reid.errors import InputError
from reid.types import Box, CandidateTime, Sighting, SightingMedia
from service.schemas.sightings import MediaIn, SightingIn

T = TypeVar("T", bound=BaseModel)
METADATA, MEDIA = "metadata", "media"
METADATA_BYTES = 1_000_000
UPLOAD_S = 600.0
MOST_FIELDS = 10
"""Parts without a file name: one is right; a few more are named, many are refused unread."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What arrived: files are on disk when large, and gone when the request ends."""

    metadata: SightingIn
    files: tuple[UploadFile, ...]

    def sighting(self) -> Sighting:
        """The sighting with the bytes of its files; blocking, so call it in a thread.

        Raises:
            InputError: files and metadata do not name the same things.
        """
        told = {media.file_name: media for media in self.metadata.media}
        given = self.metadata
        media = tuple(_media(file, told, given.licence) for file in self.files)
        position = None
        if given.latitude is not None and given.longitude is not None:
            unset = given.latitude == given.longitude == 0  # as a GPS that never found itself says
            position = None if unset else (given.latitude, given.longitude)
        times = tuple(CandidateTime(time.at, time.source) for time in given.times)
        return Sighting(given.id, media, given.station, times, position, given.licence)


@asynccontextmanager
async def receive_upload(request: Request, settings: Settings) -> AsyncIterator[Upload]:
    """The upload, for the length of the block.

    Files beyond 1 MB are spooled to unnamed temporary files, so nothing is left if the client
    or the service goes away.

    Raises:
        HTTPException: not multipart (415), broken (400), too many parts (413), too slow (408).
        RequestValidationError: the metadata cannot be used.
        InputError: a part is missing, unknown or double.
    """
    _check_type(request)
    form = await _form(request, settings.max_media_per_sighting)
    try:
        metadata = await _metadata(form, SightingIn)
        files = tuple(part for part in form.getlist(MEDIA) if isinstance(part, UploadFile))
        _check_parts(form, metadata, files)
        yield Upload(metadata, files)
    finally:
        await form.close()


@asynccontextmanager
async def receive_files(
    request: Request, kind: type[T], *beside: str
) -> AsyncIterator[tuple[T, dict[str, UploadFile]]]:
    """``metadata`` and files by the names of their parts, for the length of the block.

    There is one file ``media``, and at most one in each part of ``beside``. Raises as
    `receive_upload`.
    """
    _check_type(request)
    form = await _form(request, 1 + len(beside))
    try:
        metadata = await _metadata(form, kind)
        parts = [(name, part) for name, part in form.multi_items() if name != METADATA]
        files = {name: part for name, part in parts if isinstance(part, UploadFile)}
        if len(files) != len(parts) or MEDIA not in files or not files.keys() <= {MEDIA, *beside}:
            more = "".join(f", and at most one `{name}`" for name in beside)
            raise InputError(f"expected the parts `{METADATA}` and one file `{MEDIA}`{more}")
        yield metadata, files
    finally:
        await form.close()


def _check_type(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise HTTPException(
            415,
            "expected multipart/form-data with a part `metadata` (JSON) and files `media`; see "
            "POST /v1/sightings in /v1/openapi.json",
        )


async def _form(request: Request, most_files: int) -> FormData:
    try:
        with anyio.fail_after(UPLOAD_S):
            return await request.form(
                max_files=most_files + 1, max_fields=MOST_FIELDS, max_part_size=METADATA_BYTES
            )
    except TimeoutError as error:
        raise HTTPException(
            408, f"expected the whole upload within {UPLOAD_S:.0f} s; send fewer files at once"
        ) from error
    except HTTPException as error:
        if error.status_code == 400 and str(error.detail).startswith(("Too many", "Part exceed")):
            raise HTTPException(
                413,
                f"{error.detail} Expected one `metadata` part of at most {METADATA_BYTES:,} bytes "
                f"and at most {most_files} files `media`; split the sighting.",
            ) from error
        raise


async def _metadata(form: FormData, kind: type[T]) -> T:
    parts = form.getlist(METADATA)
    if len(parts) != 1:
        raise InputError(f"expected one part `{METADATA}` (JSON), found {len(parts)}")
    part = parts[0]
    text = await part.read(METADATA_BYTES) if isinstance(part, UploadFile) else part
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        found = [{**one, "loc": (METADATA, *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from error


def _check_parts(form: FormData, metadata: SightingIn, files: tuple[UploadFile, ...]) -> None:
    unknown = sorted(set(form) - {METADATA, MEDIA})
    if unknown:
        raise InputError(f"unknown parts {unknown[:5]}; expected `{METADATA}` and files `{MEDIA}`")
    names = [file.filename or "" for file in files]
    if not names or len(names) < len(form.getlist(MEDIA)):
        raise InputError(f"expected at least one file in parts `{MEDIA}`, each with a file name")
    if len(set(names)) < len(names):
        raise InputError(f"two files of one name among {len(names)}; rename them and send again")
    lost = sorted({media.file_name for media in metadata.media} - set(names))
    if lost:
        raise InputError(
            f"the metadata names {len(lost)} files that were not sent: {lost[:5]}; send them or "
            "take them out"
        )


def _media(file: UploadFile, told: dict[str, MediaIn], licence: str) -> SightingMedia:
    name = file.filename or ""
    hints = told.get(name) or _unnamed(name)
    boxes = tuple(Box(b.x_px, b.y_px, b.width_px, b.height_px) for b in hints.boxes)
    content, own = file.file.read(), hints.licence or licence
    return SightingMedia(name, content, hints.camera, hints.flank, boxes, own)


def _unnamed(name: str) -> MediaIn:
    try:
        return MediaIn(file_name=name)
    except ValidationError as error:
        raise InputError(
            "a file name: expected 1 to 255 characters and no control characters; rename the file"
        ) from error
