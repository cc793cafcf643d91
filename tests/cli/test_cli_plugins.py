"""Sub-commands of other distributions: found without being imported, refused with a word."""

from importlib.metadata import EntryPoint

import pytest
from typer.testing import CliRunner

from reid.cli import plugins
from reid.cli.app import app
from reid.cli.exits import Exit

HEAVY = ("torch", "faiss", "cv2", "sqlalchemy", "matplotlib", "sklearn")


@pytest.fixture
def bring(monkeypatch):
    """Pretends that distributions with these entry points are installed."""

    def points(**values):
        known = {n: EntryPoint(n, v, plugins.GROUP) for n, v in values.items()}
        monkeypatch.setattr(plugins, "found", lambda: known)

    return points


def run(*words):
    return CliRunner().invoke(app, words)


def test_evaluate_is_found_and_explains_itself():
    assert "training.commands.evaluate:app" in {p.value for p in plugins.found().values()}
    assert "evaluate" in run("--help").output
    told = run("evaluate", "predict", "--help")
    assert told.exit_code == 0
    assert "--protocol" in told.output


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "evaluate --help", "evaluate run --help"])
def test_nothing_heavy_is_loaded_to_be_told(reid_process, command):
    code = (
        "import atexit, sys; from reid.cli import main; "
        f"atexit.register(lambda: print('HEAVY', [m for m in {HEAVY} if m in sys.modules])); main()"
    )
    done = reid_process(*command.split(), code=code)
    assert done.returncode == 0, done.stderr
    assert "HEAVY []" in done.stdout


def test_a_plugin_of_an_own_name_does_not_replace_it(bring):
    bring(compare="training.commands.evaluate:app")
    assert run("--help").output.count("compare") == 1
    assert "Nothing is stored" in run("compare", "--help").output


@pytest.mark.parametrize("value", ["no.such.module:app", "json:dumps", "json:nothing"])
def test_a_broken_plugin_is_named(bring, value, reid):
    bring(broken=value)
    told = reid("broken", "--help")
    assert told.exit_code == Exit.BAD_INPUT
    assert "reid broken" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_broken_plugin_keeps_the_others_working(bring):
    bring(broken="no.such.module:app")
    assert run("version").exit_code == 0
    assert run("--help").exit_code == 0
