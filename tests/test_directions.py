"""Who may import whom (docs/architecture.md), read from the source of every module."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROUND = {"types", "errors"}
TOOLS = {*GROUND, "image", "geometry", "config", "weights"}
STAGES = ("detect", "view", "embed", "local", "match", "verify", "index", "fuse")
ALLOWED = {
    "types": GROUND,
    "errors": GROUND,
    "image": GROUND,
    "geometry": GROUND,
    "config": GROUND,
    "weights": {*GROUND, "config"},
    **dict.fromkeys(STAGES, TOOLS),
    "tables": {*GROUND, "image", "survey"},
    "clocks": GROUND,
    "strips": GROUND,
    "decide": {*GROUND, "config", "clocks"},
    "identities": GROUND,
    "people": {*GROUND, "config"},
    "review": {*GROUND, "config", "decide", "identities"},
    "catalogue": {*GROUND, "config", "index", "identities", "people", "review", "clocks"},
    "registry": {*GROUND, "config", "weights", "fuse", "embed", "catalogue"},
    "evidence": {*GROUND, "config"},
    "jobs": {*GROUND, "config", "catalogue", "telemetry"},
    "telemetry": {"errors"},
    "backup": {"errors", "catalogue"},
    "client": {"errors"},
    "survey": GROUND,
    "events": GROUND,
    "importers": {*GROUND, "image", "survey", "events", "catalogue"},
    "abundance": {*GROUND, "decide", "review"},
    "exporters": {
        *(*GROUND, "config", "people", "abundance", "survey", "importers", "catalogue", "clocks"),
    },
    "video": {*GROUND, "image"},
    "labels": {*GROUND, "identities", "catalogue"},
}
"""Packages of ``reid`` that a package of ``reid`` may import, beside itself."""

COMPOSING = {"pipeline", "batch", "consequences", "doctor", "paper"}
"""Packages that put others together."""

CONFINED = {
    "torch": (
        *("reid.embed", "reid.detect", "reid.view", "reid.weights", "reid.local", "reid.match"),
        "training",
    ),
    "kornia": (),  # learned matchers ask for it by name, where they are used
    "faiss": ("reid.index",),
    "sqlalchemy": ("reid.catalogue",),
    "alembic": ("reid.catalogue",),
    "fastapi": ("service",),
    "starlette": ("service",),
    "typer": ("reid.cli", "training.commands"),
    "av": ("reid.video",),
    "rapidocr": ("reid.strips",),
    "frictionless": ("reid.exporters",),
    "pyproj": ("reid.exporters",),
    "ray": ("reid.batch",),
    "openpyxl": ("reid.importers", "reid.exporters"),
    "ijson": ("reid.importers",),
    "typst": ("reid.paper",),
    "filelock": ("reid.index",),
    "prometheus_client": ("reid.telemetry", "service"),
    "argon2": ("reid.people",),
    "cryptography": ("reid.registry",),
}
IMPURE = {"torch", "cv2", "PIL", "pathlib", "os", "io"}
MOST_LINES = 400


def modules(package):
    """Dotted name by file, of every module below a package."""
    files = sorted((ROOT / package).rglob("*.py"))
    return {f: ".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files}


EVERY = {**modules("reid"), **modules("service"), **modules("training")}


def imports(tree, name, is_package):
    """Every module that a tree imports, wherever in it, relative names resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = base_of(node, name, is_package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def base_of(node, name, is_package):
    """The absolute name behind ``from``: one dot is the package, a module's or one's own."""
    if not node.level:
        return node.module
    parts = name.split(".")
    above = parts[: len(parts) - node.level + is_package]
    return ".".join([*above, node.module] if node.module else above)


@cache  # every file is asked about once a library
def found(file):
    is_package = file.name == "__init__.py"
    name = EVERY[file].removesuffix(".__init__")
    return set(imports(ast.parse(file.read_text(encoding="utf-8")), name, is_package))


def room(dotted):
    """The package of ``reid`` that a module belongs to; "" for the front door itself."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "reid" else ""


def within(dotted, package):
    return dotted == package or dotted.startswith(f"{package}.")


@pytest.mark.parametrize("file", modules("reid"), ids=EVERY.get)
def test_rooms_of_reid_know_only_whom_they_may(file):
    here = room(EVERY[file])
    named = {room(m) for m in found(file)} - {""}
    rooms = {name for name in named if is_room(name)}
    assert not any(within(m, p) for m in found(file) for p in ("service", "training"))
    if here in ALLOWED:
        assert rooms <= ALLOWED[here] | {here}, f"{EVERY[file]} imports {sorted(rooms)}"
        assert named == rooms, f"{EVERY[file]} asks the front door for {sorted(named - rooms)}"
    elif here == "pipeline":
        assert not rooms & {"cli", "batch", "consequences", "paper"}
    elif here in {"consequences", "paper"}:
        assert not rooms & {"cli", "batch"}
    elif here in COMPOSING:
        assert "cli" not in rooms


def is_room(name):
    package = ROOT / "reid" / name
    return package.is_dir() or package.with_suffix(".py").is_file()


@pytest.mark.parametrize("file", modules("service"), ids=EVERY.get)
def test_the_service_never_knows_training(file):
    assert not any(within(m, "training") or within(m, "reid.cli") for m in found(file))


@pytest.mark.parametrize("file", modules("training"), ids=EVERY.get)
def test_training_never_knows_the_service(file):
    assert not any(within(m, "service") for m in found(file))


@pytest.mark.parametrize("library", CONFINED)
def test_heavy_libraries_stay_in_their_rooms(library):
    users = [EVERY[f] for f in EVERY if any(within(m, library) for m in found(f))]
    stray = [u for u in users if not any(within(u, home) for home in CONFINED[library])]
    assert not stray, f"{library} belongs in {CONFINED[library]}"


def test_decide_is_pure():
    for file in modules("reid/decide"):
        roots = {m.split(".")[0] for m in found(file)}
        assert not roots & IMPURE, f"{EVERY[file]} imports {roots & IMPURE}"


@pytest.mark.parametrize("package", ["reid", "service"])
def test_no_assert_answers_a_callers_mistake(package):
    for file in modules(package):
        lines = [n.lineno for n in ast.walk(ast.parse(file.read_text())) if is_assert(n)]
        assert not lines, f"{EVERY[file]}: assert in lines {lines}: raise an error of reid.errors"


def is_assert(node):
    return isinstance(node, ast.Assert)


def test_modules_stay_short():
    long = {EVERY[f]: n for f in EVERY if (n := len(f.read_text().splitlines())) >= MOST_LINES}
    assert not long


def test_every_room_is_ruled():
    """A new package of ``reid`` gets its line here and in docs/architecture.md."""
    rooms = {room(name) for name in modules("reid").values()} - {"__init__"}
    assert rooms <= {*ALLOWED, *COMPOSING, "cli"}


def test_relative_imports_are_resolved():
    tree = ast.parse("from ..errors import A\nfrom . import b")
    assert set(imports(tree, "reid.types.box", False)) == {
        "reid.errors",
        "reid.errors.A",
        "reid.types",
        "reid.types.b",
    }
    assert "reid.types.b" in set(imports(tree, "reid.types", True))
