"""Sections of the results page survive a run that measures only others."""

from training.evaluation.results import SECTIONS, kept, section_text


def test_every_section_is_found_again_as_it_was():
    texts = [section_text(t, w, f"| figure {k} |", "abc") for k, (t, w, _) in enumerate(SECTIONS)]
    page = "\n".join(["# Results\n", *texts, "## What these figures do not show\n"])
    assert [kept(page, title) for title, _, _ in SECTIONS] == texts


def test_a_section_never_measured_says_so():
    assert "Not measured yet" in kept("# Results\n", SECTIONS[0][0])
