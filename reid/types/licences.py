"""SPDX licence expressions put together."""

from __future__ import annotations

from collections.abc import Iterable


def together(licences: Iterable[str]) -> str:
    """All of them at once, "" for none: ``CC-BY-4.0 AND CC-BY-NC-4.0``."""
    found = sorted({one for one in licences if one})
    if len(found) < 2:
        return "".join(found)
    return " AND ".join(f"({one})" if " OR " in one else one for one in found)
