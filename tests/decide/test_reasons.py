"""What people read: reasons, what would settle it, and the summary."""

import itertools

import pytest

from reid.decide import AnimalCount, animals_text, decide, summarise
from reid.types import Flank, SightingPairEvidence, VerdictKind
from reid.types.words import likelier, listed, percent, times


@pytest.fixture
def autumn(evidence, annotation):
    """September poor and of one side, November both flanks, December good."""
    annotations = [
        annotation("September", Flank.RIGHT, 0.2, ("motion blur", "dark")),
        annotation("November", Flank.LEFT, 0.8),
        annotation("November", Flank.RIGHT, 0.7),
        annotation("December", Flank.LEFT, 0.9),
    ]
    pairs = [
        evidence("September", "November", 0.6, miss=0.62),
        evidence("November", "December", 9.5),
        evidence("September", "December", comparable=False, missing="right against left"),
    ]
    ids = ["September", "November", "December"]
    return decide(ids, pairs, annotations=annotations)


def test_autumn_reads_as_a_biologist_would_say_it(autumn):
    assert summarise(autumn) == (
        "November and December show the same leopard (probability more than 99.9 %). "
        "These pictures cannot tell for September and November. "
        "No shared flank, so no comparison, for September and December. "
        "At least one leopard and at most two."
    )


def test_autumn_gives_its_reasons(autumn):
    weak, far, strong = autumn.verdicts
    assert weak.kind is VerdictKind.INCONCLUSIVE
    assert weak.reasons[0] == (
        "What the coats show is 1.8 times more likely if they are one animal."
    )
    assert weak.reasons[1] == (
        "September: right flank only, motion blur, dark; November: both flanks; "
        "62 % chance that even a true match would go unseen."
    )
    assert weak.would_settle == (
        "A sharp picture of the right flank of the animal of September, at least 500 px long, "
        "would settle it."
    )
    assert far.kind is VerdictKind.NOT_COMPARABLE
    assert far.reasons[0] == (
        "September and December cannot be compared directly: right against left."
    )
    assert "two cameras facing each other" in far.would_settle
    assert "left flank of the animal of September" in far.would_settle
    assert "right flank of the animal of December" in far.would_settle
    assert strong.would_settle == ""


def test_a_withheld_pair_wants_another_background(evidence):
    decision = decide(["a", "b"], [evidence("a", "b", 9.0, withheld=("background",))])
    verdict = decision.verdicts[0]
    assert "background alone" in verdict.reasons[0]
    assert "another background" in verdict.would_settle
    assert not any("times more likely" in reason for reason in verdict.reasons)


def test_a_copy_is_said_to_be_no_evidence(evidence):
    verdict = decide(["a", "b"], [evidence("a", "b", 0.0, flags=("copy",))]).verdicts[0]
    assert any("a copy is no evidence" in reason for reason in verdict.reasons)


def test_flags_of_a_picture_are_told_with_its_sighting(evidence, annotation):
    bear = annotation("a", flags=("not-a-leopard",))
    verdict = decide(["a", "b"], [evidence("a", "b", 0.0)], annotations=[bear]).verdicts[0]
    assert any(r.startswith("Note on a: what a picture shows seems") for r in verdict.reasons)


def test_an_unknown_flank_is_asked_for(evidence, annotation):
    pictures = [annotation("a", Flank.UNKNOWN, 0.9), annotation("b", Flank.LEFT, 0.9)]
    verdict = decide(["a", "b"], [evidence("a", "b", 0.0)], annotations=pictures).verdicts[0]
    assert any("a: flank not known" in reason for reason in verdict.reasons)
    assert verdict.would_settle.startswith("A sharp picture of the left flank of the animal of a")


def test_a_match_found_says_nothing_of_matches_not_found(evidence):
    """The note about an unknown side belongs to answers that lean on finding nothing."""
    for llr, said in ((9.0, False), (-0.5, True)):
        pair = evidence("a", "b", llr, flags=("unknown-flank",))
        verdict = decide(["a", "b"], [pair]).verdicts[0]
        assert any("side of an animal is not known" in reason for reason in verdict.reasons) is said


def test_a_span_that_reads_alike_is_said_once(evidence):
    verdict = decide(["a", "b"], [evidence("a", "b", 12.0)]).verdicts[0]
    assert "(probability of one animal more than 99.9 % throughout)" in verdict.reasons[-1]


def test_without_annotations_there_is_still_a_sentence(evidence):
    verdict = decide(["a", "b"], [evidence("a", "b", 0.0)]).verdicts[0]
    assert verdict.would_settle.startswith("A sharp picture of")


def verdicts_of(values):
    pairs = [
        SightingPairEvidence(a, b, True, float(v))
        for (a, b), v in zip(itertools.combinations("abc", 2), values, strict=True)
    ]
    return decide("abc", pairs)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ((9, 9, 9), AnimalCount(1, 1, 1)),
        ((-9, -9, -9), AnimalCount(3, 3, 3)),
        ((9, -9, -9), AnimalCount(2, 2, 2)),
        ((0, 0, 0), AnimalCount(1, 3, None)),
        ((9, 2, 2), AnimalCount(1, 2, 1)),
        ((3, 1, 0), AnimalCount(1, 3, None)),
        ((2.7, 2.7, 2.7), AnimalCount(1, 1, 1)),
        ((2.6, 2.6, 2.6), AnimalCount(1, 3, 1)),
        ((2.2, 2.2, 0.5), AnimalCount(1, 3, 1)),
    ],
)
def test_the_number_of_animals(values, count):
    assert verdicts_of(values).animals == count


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (AnimalCount(1, 1, 1), "The pictures show one leopard."),
        (AnimalCount(2, 2), "The pictures show two leopards."),
        (AnimalCount(1, 3, 1), "At least one and probably one leopard."),
        (AnimalCount(1, 3), "At least one leopard and at most three."),
    ],
)
def test_the_number_of_animals_in_words(count, text):
    assert animals_text(count) == text


def test_a_chain_that_is_not_sure_enough_as_a_whole_joins_nobody_at_its_ends():
    """99.2 % and 99.5 % alone, 98.7 % together: two answers, and none for the ends."""
    pairs = [
        SightingPairEvidence("sep", "nov", True, 4.77),
        SightingPairEvidence("nov", "dec", True, 5.38),
        SightingPairEvidence("sep", "dec", False, 0.0),
    ]
    found = decide(["sep", "nov", "dec"], pairs)
    assert found.animals == AnimalCount(1, 2, 1)
    assert summarise(found) == (
        "Nov and dec show the same leopard (probability 99.5 %). So do sep and nov (probability "
        "99.2 %), but all of these together are less sure than was asked. These pictures cannot "
        "tell for sep and dec. At least one and probably one leopard."
    )


def test_different_groups_are_told_once():
    text = summarise(verdicts_of((9, -9, -9)))
    assert "A and b show the same leopard" in text
    assert "Different leopards: a and b from c." in text
    assert "The pictures show two leopards." in text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.62, "62 %"),
        (0.995, "99.5 %"),
        (0.9999, "more than 99.9 %"),
        (0.0001, "less than 0.1 %"),
        (0.012, "1.2 %"),
    ],
)
def test_percentages(probability, text):
    assert percent(probability) == text


def test_factors():
    assert times(2345) == "about 2,300 times"
    assert times(1.62) == "1.6 times"
    assert times(1e9) == "more than a million times"
    assert likelier(0.1).startswith("about as likely")
    assert likelier(-7).endswith("if they are two different animals")
    assert likelier(900.0).startswith("more than a million")


def test_lists():
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
