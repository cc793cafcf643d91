"""The gate's page: better is drawn to the right, whichever way a figure counts."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.retrieval.bootstrap import Figure
from training.lab.gate import EVIDENCE, OWN, RETRIEVAL, Line, judge
from training.lab.gate_page import MIDDLE, drawn, gate_html

GAINS = st.floats(-1, 1)


def line(figure, gains, where=OWN):
    low, value, high = sorted(gains)
    if figure in EVIDENCE:
        low, value, high = -high, -value, -low
    return Line(where, figure, 0.5, 0.5 + value, Figure(value, low, high), 7)


@given(st.sampled_from((*RETRIEVAL, *EVIDENCE)), st.tuples(GAINS, GAINS, GAINS))
def test_better_is_to_the_right_and_nothing_leaves_the_drawing(figure, gains):
    one = line(figure, gains)
    found = drawn(one)
    assert 0 <= found.low <= found.value <= found.high <= 2 * MIDDLE
    assert found.margin < MIDDLE
    assert (found.value > MIDDLE) <= (one.gain[0] > 0)
    assert (found.value < MIDDLE) <= (one.gain[0] < 0)
    assert not one.worse or found.high <= MIDDLE


def test_a_figure_that_was_not_measured_is_not_drawn():
    assert drawn(line("mAP", (float("nan"),) * 3)) is None


@pytest.mark.parametrize("override", [("", ""), ("needed now", "Asel")])
def test_the_page_says_everything_that_the_gate_says(override):
    lines = [line("mAP", (-0.2, -0.1, -0.05)), line("mAP", (0.1, 0.2, 0.3), f"{OWN}, light night")]
    gate = judge(
        lines, champion="<old> 1", challenger="new 2", override=override[0], by=override[1]
    )
    made = SimpleNamespace(sha256="ab" * 32, seed=3, code_version="1")
    parts = [("train", 5, 6, 7)]
    page = gate_html(
        gate, made, parts, answer="So.", left_out="Nothing.", shrink=0.5, doubted=0
    )  # fmt: skip
    assert "&lt;old&gt; 1" in page
    assert "<old>" not in page
    assert "Held-out, light night" in page
    assert all(reason.split(":")[0] in page for reason in gate.refusals)
    assert (override[0] in page) if override[0] else "Taken all the same" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
