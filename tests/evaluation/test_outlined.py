"""The page that sets two localisers side by side."""

import numpy as np

from training.evaluation.outlined import page, top_one
from training.mask.judge import Overlap


def test_top_one_by_hand() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.8, 0.6]], np.float32)
    assert top_one(vectors, np.array(["a", "a", "b", "b"])) == 0.75


def test_the_page_has_a_row_for_each_localiser_and_set() -> None:
    figures = {"pictures": 4.0, "AUC": 0.91234, "ms": 123.4}
    found = {"yolox-saliency": {"tigers": figures}, "yolox-mask": {"tigers": figures}}
    text = page({"mask head": Overlap(80, 0.9, 0.95, 0.99)}, found)
    assert "| mask head | 80 | 0.900 | 0.950 | 99 % |" in text
    for name in found:
        assert f"| `{name}` | 4 | 0.912 | 123 |" in text
