"""The catalogue's own key (ed25519, RFC 8032) and checking what others signed."""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reid.errors import CatalogueError, InputError
from reid.registry.cause import Cause, refuse

FILE_NAME = "bundle-signing.key"
MODE = 0o600
_HEX = re.compile(r"[0-9a-f]{64}")


def own_key(data_dir: Path) -> Ed25519PrivateKey:
    """The key that this catalogue signs with, made on first use, readable for its owner alone.

    Raises:
        CatalogueError: the file is no such key, or others can read it.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise CatalogueError(
            f"{path}: expected a file that its owner alone can read, found mode "
            f"{path.stat().st_mode & 0o777:o}: whoever read it can sign; move it away (a new key "
            "is made, and old bundles stay valid), or chmod 600 it if nobody did"
        )
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise CatalogueError(
            f"{path}: expected a private key: {error}; move it away: a new one is made"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CatalogueError(f"{path}: expected an ed25519 key, found {type(key).__name__}")
    return key


def _make(path: Path) -> None:
    """Beside and then linked: of two processes that make one, one is first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public part, 64 hex digits."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return key.public_key().public_bytes(*raw).hex()


def read_public(text: str) -> str:
    """A public key as people give it.

    Raises:
        InputError: it is none.
    """
    found = text.strip().lower()
    if not _HEX.fullmatch(found):
        raise InputError(
            f"public key: expected 64 hex digits as `reid bundles keys` shows them, found {text!a}"
        )
    return found


def sign(key: Ed25519PrivateKey, statement: str) -> str:
    """The signature over a text, 128 hex digits."""
    return key.sign(statement.encode()).hex()


def check_signature(statement: str, signer: str, signature: str) -> None:
    """Raise BundleRefusedError unless ``signer`` signed exactly this text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
        key.verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, ValueError) as error:
        raise refuse(
            Cause.SIGNATURE,
            f"what is said of the bundle is not what {signer[:16]} signed; get it again from "
            "where it is from",
        ) from error
