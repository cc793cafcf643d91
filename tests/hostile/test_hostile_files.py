"""Files made to break the door: a picture or a reason, in bounded time and memory."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.soak.hostile import Hostile, flipped, plain
from training.soak.hostile.child import contract, open_picture
from training.soak.hostile.exif import ASCII, LONG, RATIONAL, SHORT, UNDEFINED, block
from training.soak.hostile.pictures import FORMATS, written

MOST_BYTES = 3_000_000_000
SECONDS = 4
PLACES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 7)), min_size=1, max_size=24)
WORD = st.integers(0, 2**32 - 1)
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from((0x0112, 0x0132, 0x010F, 0x8769, 0x8825, 0x9003, 0x9011, 0xA431)),
        st.sampled_from((0, 99, ASCII, SHORT, LONG, RATIONAL, UNDEFINED)),
        WORD,
        WORD | st.integers(0, 200),
    ),
    max_size=8,
)
RIGHT = ("read", "refused")


@pytest.mark.slow
def test_every_file_is_read_or_refused_in_a_process_with_little_memory():
    pytest.importorskip("av", reason="PyAV makes the videos: pip install 'leopard-reid[video]'")
    command = [sys.executable, "-W", "ignore", "-m", "training.soak.hostile.child"]
    done = subprocess.run(
        [*command, "--seconds", str(SECONDS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["broken"] == []
    assert told["tried"] > 740, "the corpus itself; turned bits come on top, as many as time allows"
    assert min(told["read"], told["refused"]) > 50
    assert told["peak_bytes"] < MOST_BYTES


@given(st.sampled_from(FORMATS), PLACES)
@settings(max_examples=80, deadline=None)
def test_turned_bits(kind, places):
    one = Hostile(f"turned.{kind.lower()}", flipped(plain(kind), places))
    assert contract(one, open_picture) in RIGHT


@given(ENTRIES, WORD | st.integers(0, 200), st.binary(max_size=64))
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_exif_of_any_shape_never_costs_the_picture(entries, following, more):
    from PIL import Image as Pil

    exif = b"Exif\0\0" + block(entries, following, more)
    content = written(Pil.new("RGB", (8, 8), "red"), "JPEG", exif=exif)
    assert contract(Hostile("exif.jpg", content, True), open_picture) == "read"


def test_the_contract_can_be_broken():
    def raises(_one):
        raise KeyError("Make")

    assert "KeyError" in contract(Hostile("a.jpg", b""), raises)
    assert contract(Hostile("a.jpg", b"", True), open_picture) == "a.jpg: refused"
    assert contract(Hostile("a.jpg", plain(), False), open_picture) == "a.jpg: read"
