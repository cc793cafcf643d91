"""How every page of ours is rendered: escaped, and an error rather than a silent gap."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment_of(*places: tuple[str, str]) -> Environment:
    """Templates of these (package, folder in it), the first that has one; all text is escaped."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, folder) for package, folder in places]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
