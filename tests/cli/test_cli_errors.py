"""Errors are one line on stderr and a status that means something."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from reid.cli.exits import Exit


def one_line(result, *words):
    """The message, when it is the only one."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("reid: error")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert all(word in lines[0] for word in words), lines[0]
    return lines[0]


def test_a_folder_that_is_not_there(reid):
    done = reid("compare", "nowhere", "elsewhere")
    assert done.exit_code == Exit.BAD_INPUT
    assert done.stdout == ""
    one_line(done, "nowhere", "found nothing at this path")


def test_an_option_that_is_no_number(reid):
    done = reid("compare", "a", "b", "--prior", "half")
    assert done.exit_code == Exit.BAD_INPUT
    assert "--prior" in done.stderr


def test_debug_shows_where(reid):
    done = reid("--debug", "compare", "nowhere", "elsewhere")
    assert done.exit_code == Exit.BAD_INPUT
    assert "Traceback" in done.stderr


def test_weights_that_are_not_there(reid, tmp_path):
    done = reid("weights", "verify", LEOPARD_REID_WEIGHTS=str(tmp_path))
    assert done.exit_code == Exit.WEIGHTS
    one_line(done, "make weights")


def test_weights_that_were_altered(reid, tmp_path):
    bundle = tmp_path / "broken"
    bundle.mkdir()
    (bundle / "manifest.json").write_text('{"nmae": 1}')
    done = reid("weights", "verify", "--json", LEOPARD_REID_WEIGHTS=str(tmp_path))
    assert done.exit_code == Exit.WEIGHTS
    told = json.loads(done.stdout)["bundles"][0]
    assert told["ok"] is False
    assert "did you mean name" in told["files"][0]["problem"]
    named = reid("weights", "verify", "broken", LEOPARD_REID_WEIGHTS=str(tmp_path))
    assert named.exit_code == Exit.WEIGHTS
    listed = json.loads(
        reid("weights", "list", "--json", LEOPARD_REID_WEIGHTS=str(tmp_path)).stdout
    )
    assert listed["bundles"][0]["kind"] == "broken"


def test_a_catalogue_that_is_none(reid, tmp_path):
    (tmp_path / "catalogue.db").write_bytes(b"this is no database" * 100)
    done = reid("individuals", "list", "--data-dir", tmp_path)
    assert done.exit_code == Exit.CATALOGUE
    one_line(done)


def test_a_file_in_the_place_of_the_catalogue(reid, tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    for place in (tmp_path / "notes.txt", tmp_path / "notes.txt" / "below"):
        done = reid("individuals", "list", "--data-dir", place)
        assert done.exit_code == Exit.CATALOGUE
        one_line(done, "expected the folder of a catalogue, found a file")


def test_an_impossible_setting_in_the_environment(reid, tmp_path):
    done = reid("individuals", "list", "--data-dir", tmp_path, LEOPARD_REID_THREADS="many")
    assert done.exit_code == Exit.BAD_INPUT
    one_line(done, "LEOPARD_REID_THREADS", "many")


def test_a_bundle_in_the_environment_that_is_none(reid, tmp_path):
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        noise = np.random.default_rng(number).integers(0, 256, (64, 80, 3), np.uint8)
        cv2.imwrite(str(tmp_path / name / "1.jpg"), noise)
    places = tmp_path / "a", tmp_path / "b"
    done = reid("compare", *places, LEOPARD_REID_BUNDLE="no-such-bundle")
    assert done.exit_code == Exit.WEIGHTS
    one_line(done, "no-such-bundle")


def test_an_empty_catalogue_is_an_answer(reid, tmp_path):
    done = reid("individuals", "list", "--data-dir", tmp_path)
    assert done.exit_code == Exit.ANSWERED
    assert "nobody yet" in done.stdout
    assert json.loads(reid("individuals", "list", "--json", "--data-dir", tmp_path).stdout) == {
        "individuals": []
    }


def test_nobody_of_that_name(reid, tmp_path):
    done = reid("individuals", "show", "Aidar", "--data-dir", tmp_path)
    assert done.exit_code == Exit.BAD_INPUT
    one_line(done, "Aidar")


def test_a_mistake_inside_is_told_without_a_traceback(reid, monkeypatch):
    monkeypatch.setattr("reid.cli.version.platform.python_version", lambda: 1 / 0)
    done = reid("version")
    assert done.exit_code == Exit.FAILED
    one_line(done, "ZeroDivisionError", "--debug")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_ends_with_130(tmp_path):
    code = (
        "import reid.cli.version as v, time\n"
        "def slow(*_):\n print('at work', flush=True); time.sleep(60)\n"
        "v._installed = slow\n"
        "from reid.cli import main; main()"
    )
    # a shell that runs this in the background leaves SIGINT ignored, and children inherit that
    restored = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", restored + code, "version"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "at work\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == Exit.INTERRUPTED
    assert "interrupted" in told
    assert "Traceback" not in told


def test_a_closed_pipe_is_no_disaster(reid_process, tmp_path):
    words = f"{sys.executable} -c 'from reid.cli import main; main()' --help | head -n 1"
    done = subprocess.run(words, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
