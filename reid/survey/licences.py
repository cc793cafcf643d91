"""Licences as SPDX says them: what sources write, in any of its spellings. Pure."""

from __future__ import annotations

import hashlib
import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from reid.errors import InputError

NOT_STATED = "LicenseRef-not-stated"
"""In packages that go out, of what nobody stated a licence for; read back it is none again."""
COLUMNS = {"license", "licence", "dcterms:license", "dc:license"}
"""What tables call a licence, in lower case; Darwin Core's word is the first."""
_URL = re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)(?:/(igo)\b)?")
_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero|\bcc[ -]?(0|zero)\b|commons zero")
_OPEN_DATA = re.compile(r"opendatacommons\.org/licenses/(by|odbl|pddl)\b")
_OPEN = {"by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0"}
_WORDS = {
    r"creative\s*commons": "cc",
    r"attribution": "cc by",
    r"non[\s-]*commercial": "nc",
    r"share[\s-]*alike": "sa",
    r"no[\s-]*deriv(ative)?s?( works)?": "nd",
}
_FILLING = {"cc", "by", "the", "license", "licence", "international", "unported", "generic"}
_FILLING |= {"public", "version", "v", "deed", "igo"}
_NOTHING = {"unknown", "none", "not stated", "n/a", "na", "nan", "null", "-", NOT_STATED.lower()}
_KINDS = ("nc", "sa", "nd")


def spdx_of(written: str) -> str:
    """The SPDX expression behind what a source writes: an identifier in any case, a Creative
    Commons or Open Data Commons address, or Creative Commons' own words; without a version 4.0.

    "" for nothing. What is none of them becomes a reference of its own, ``LicenseRef-...``.
    """
    text = " ".join(written.split())
    if not text or text.lower() in _NOTHING:
        return ""
    return _expression(text) or _address(text.lower()) or _words(text.lower()) or _reference(text)


def stated(written: str, where: str = "licence") -> str:
    """A licence that somebody says here, as SPDX; "" for nothing.

    Raises:
        InputError: no identifier, and no reference that says that it is one.
    """
    found = spdx_of(written)
    if found.startswith("LicenseRef-") and not written.strip().lower().startswith("licenseref-"):
        raise InputError(
            f"{where}: expected an SPDX licence such as CC-BY-NC-4.0, or LicenseRef-NAME for terms "
            f"of your own, found {written!r}"
        )
    return found


def unknown(licence: str) -> bool:
    """Whether it is a reference of somebody's own, whose terms no list tells."""
    return "LicenseRef-" in licence


def address_of(licence: str) -> str:
    """Creative Commons' licences by their address, as Darwin Core asks; others as they are."""
    if licence == "CC0-1.0":
        return "http://creativecommons.org/publicdomain/zero/1.0/legalcode"
    told = re.fullmatch(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-(\d\.\d)", licence)
    if told is None:
        return licence
    return f"http://creativecommons.org/licenses/{told[1].lower()}/{told[2]}/legalcode"


def _expression(text: str) -> str:
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return ""


def _address(text: str) -> str:
    if _ZERO.search(text):
        return "CC0-1.0"
    if told := _URL.search(text):
        ported = f"-{told[3].upper()}" if told[3] else ""
        return _expression(f"CC-{told[1].upper()}-{told[2]}{ported}")
    told = _OPEN_DATA.search(text)
    return _OPEN[told[1]] if told else ""


def _words(text: str) -> str:
    """``cc by-nc 4.0``, ``Attribution-ShareAlike``: only where no other word stands beside."""
    if re.fullmatch(r"public domain", text):
        return "CC-PDDC"
    for pattern, word in _WORDS.items():
        text = re.sub(pattern, f" {word} ", text)
    found = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", text)
    words, numbers = {w for w in found if not w[0].isdigit()}, [w for w in found if w[0].isdigit()]
    if not {"cc", "by"} <= words or words - _FILLING - set(_KINDS) or len(numbers) > 1:
        return ""
    kinds = "".join(f"-{kind.upper()}" for kind in _KINDS if kind in words)
    version = numbers[0] if numbers else "4.0"
    whole = version if "." in version else f"{version}.0"
    return _expression(f"CC-BY{kinds}-{whole}{'-IGO' if 'igo' in words else ''}")


def _reference(text: str) -> str:
    """A name made of the text; of a script that SPDX does not take, by its hash."""
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:60].rstrip("-.")
    if len(slug) < len(text) // 2:
        slug = f"stated-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return f"LicenseRef-{slug or 'stated'}"
