"""What can be asked without models: help, version, the cost of asking."""

import json

import pytest

import reid as front_door
from reid.cli.exits import MEANINGS, Exit
from reid.errors import CatalogueError, InputError, ReidError, SearchError, WeightsError

HEAVY = ("torch", "faiss", "cv2", "sqlalchemy")
COMMANDS = (
    "compare",
    "enrol",
    "identify",
    "individuals list",
    "individuals show",
    "identities confirm",
    "identities merge",
    "identities undo",
    "identities history",
    "identities export",
    "review next",
    "review answer",
    "review rates",
    "index rebuild",
    "weights verify",
    "weights list",
    "weights fetch",
    "backup make",
    "backup verify",
    "backup list",
    "restore",
    "doctor",
    "import",
    "export",
    "worker",
    "serve",
    "version",
)


def test_help_lists_every_command_and_exit_status(reid):
    told = reid("--help")
    assert told.exit_code == 0
    assert all(command.split()[0] in told.stdout for command in COMMANDS)
    assert all(f"{status.value}: {meaning}" in told.stdout for status, meaning in MEANINGS.items())


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(reid, command):
    told = reid(*command.split(), "--help")
    assert told.exit_code == 0
    assert "Usage: reid" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["--help", "compare --help", "version", "weights --help", "identities --help"]
)
def test_nothing_heavy_is_loaded_to_be_told(reid_process, command):
    code = (
        "import atexit, sys; from reid.cli import main; "
        f"atexit.register(lambda: print('HEAVY', [m for m in {HEAVY} if m in sys.modules])); main()"
    )
    done = reid_process(*command.split(), code=code)
    assert done.returncode == 0, done.stderr
    assert "HEAVY []" in done.stdout


def test_version(reid):
    assert reid("version").stdout.splitlines()[0].split() == [
        "leopard-reid",
        front_door.__version__,
    ]
    assert json.loads(reid("version", "--json").stdout)["leopard-reid"] == front_door.__version__


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ReidError, Exit.FAILED),
        (InputError, Exit.BAD_INPUT),
        (WeightsError, Exit.WEIGHTS),
        (CatalogueError, Exit.CATALOGUE),
        (SearchError, Exit.CATALOGUE),
    ],
)
def test_errors_carry_the_documented_statuses(error, status):
    assert error.exit_code == status
