"""Names that R packages take: letters, digits, dot, dash and underscore, each one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable


def legal_names(names: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """Legal name by name; two that would become one, or a ``reserved`` one, get a number."""
    found: dict[str, str] = {}
    taken = {name.lower() for name in reserved}
    for name in sorted(set(names)):
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_") or "x"
        number, tried = 1, plain
        while tried.lower() in taken:
            number += 1
            tried = f"{plain}.{number}"
        taken.add(tried.lower())
        found[name] = tried
    return found
