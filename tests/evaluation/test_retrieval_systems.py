"""Every comparer and system on drawn coats: what all must do, and what each must not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ConfigError, InputError, TableError
from training.evaluation.retrieval import evidence, section
from training.evaluation.retrieval.animals import measure_animals
from training.evaluation.retrieval.calibrated import calibrated_elsewhere, pair_llr
from training.evaluation.retrieval.figures import figures_of, pair_figures, retrieval_figures
from training.evaluation.retrieval.lent import lend
from training.evaluation.retrieval.outlines import Outliner
from training.evaluation.retrieval.predictions import (
    of_queries,
    read_prediction,
    write_prediction,
)
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.retrieval.report import flat, grouped, setting_report
from training.evaluation.retrieval.running import make_task, predict
from training.evaluation.systems.compose import above, matrix_of, shortlist
from training.evaluation.systems.contract import all_entries
from training.evaluation.systems.fusion import Fused, Weights, fit, mean_of
from training.evaluation.systems.load import BASELINES, load_comparer, load_system
from training.evaluation.systems.normed import normed

pytestmark = pytest.mark.slow

COMPARERS = (
    "lite1",
    "lite1@box",
    "lite1@background",
    "rootsift",
    "lnbnn",
    "lnbnn@background",
    "lnbnn-classes",
    "lnbnn~",
    "lite1~",
)
SYSTEMS = ("lnbnn", "lnbnn>rootsift", "lite1|lnbnn>rootsift", "lite1+lnbnn+rootsift")
RULE = load_protocol("leave-one-out")


@pytest.mark.parametrize("name", COMPARERS)
def test_a_comparers_matrix_and_entries_agree(task, name):
    comparer = load_comparer(name)
    entries = all_entries(task.plan)[::7]
    matrix = comparer.matrix(task)
    assert matrix.shape == task.plan.allowed.shape
    assert np.isfinite(matrix[task.plan.allowed]).all()
    found = comparer.entries(task, entries)
    np.testing.assert_allclose(found, matrix[entries[:, 0], entries[:, 1]], atol=1e-5)


@pytest.mark.parametrize("name", COMPARERS)
def test_a_cache_changes_nothing(task, name):
    comparer = load_comparer(name)
    entries = all_entries(task.plan)[::23]
    fresh = replace(task, cache=None, done={})
    expected = comparer.entries(fresh, entries)
    np.testing.assert_allclose(comparer.entries(task, entries), expected, atol=1e-5)
    np.testing.assert_allclose(comparer.entries(task, entries), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["rootsift", "lnbnn", "lite1"])
def test_the_right_coat_is_found(task, drawn, name):
    comparer = load_comparer(name)
    matrix = np.where(task.plan.allowed, comparer.matrix(task), -np.inf)
    best = matrix.argmax(axis=1)
    right = task.plan.same[np.arange(len(best)), best].mean()
    assert right >= (0.9 if name != "lite1" else 0.6)


def test_local_scores_are_symmetric(task):
    matrix = load_comparer("rootsift").matrix(task)
    np.testing.assert_array_equal(matrix, matrix.T)


def test_the_background_control_sees_no_coat(task):
    seen = load_comparer("lite1@background")
    image, annotation = task.animals[0].picture()
    crop = seen._crop(task.animals[0])
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    assert (crop[annotation.mask] == 128).all()
    outside = image.pixels[y0:y1, x0:x1]
    assert (crop[0, 0] == outside[0, 0]).all()


def test_the_products_llr_is_judged_as_it_comes(task, drawn):
    said = predict(load_system("lnbnn>product", length=2), "product", task, drawn, RULE)
    assert said.is_llr
    np.testing.assert_array_equal(pair_llr(said), said.pair_score.astype(np.float64))
    assert said.pair_score[said.pair_same].mean() > said.pair_score[~said.pair_same].mean()
    assert not predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE).is_llr


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_answer_every_query_and_every_pair(task, drawn, name):
    said = predict(load_system(name, length=4), name, task, drawn, RULE)
    assert not np.isnan(said.ranking[task.plan.allowed]).any()
    assert np.isnan(said.ranking[~task.plan.allowed]).all()
    assert np.isfinite(said.pair_score).all()
    found = figures_of(said, replicates=10)
    assert found["top-1"].value >= 0.9
    assert found["AUC"].value >= 0.95
    assert found["top-1"].low <= found["top-1"].value <= found["top-1"].high


def test_a_reranked_shortlist_stands_above_the_rest(task):
    base = np.array([[0.9, 0.1, 0.5, 0.5]], np.float32)
    ranked = above(base, np.array([[0, 1], [0, 2]]), np.array([0.0, 0.0], np.float32))
    assert np.argsort(-ranked[0], kind="stable").tolist() == [2, 1, 0, 3]
    ranked = above(base, np.array([[0, 1], [0, 2]]), np.array([-3.0, -4.0], np.float32))
    assert np.argsort(-ranked[0], kind="stable").tolist() == [1, 2, 0, 3]


def test_a_shortlist_is_the_union_of_its_routes(task):
    routes = [load_comparer("lite1"), load_comparer("lnbnn")]
    both = {tuple(e) for e in shortlist(routes, task, 3)}
    each = [{tuple(e) for e in shortlist([r], task, 3)} for r in routes]
    assert both == each[0] | each[1]
    assert all(task.plan.allowed[i, j] for i, j in both)
    assert len(each[0]) == 3 * len(task.plan.queries)


def test_weights_are_fitted_on_other_folds_and_can_be_given(task, drawn):
    name = "lite1+rootsift"
    said = predict(load_system(name), name, task, drawn, RULE)
    assert sorted(said.about["fitted"]) == ["0", "1"]
    for weights in said.about["fitted"].values():
        assert len(weights["ranking"]) == len(weights["evidence"]) == 3
        assert min(*weights["ranking"][1:], *weights["evidence"][1:]) >= 0
    only_cosine = Weights((0.0, 1.0, 0.0), (0.0, 1.0, 0.0), -9.0, 0.5)
    given = load_system(name, weights={name: only_cosine}).predict(task)
    cosine = load_comparer("lite1").entries(task, task.plan.pairs)
    np.testing.assert_allclose(given.pairs, np.minimum(cosine, 0.5), atol=1e-5)


def test_votes_order_candidates_and_are_no_evidence(task, drawn):
    """Their size depends on the catalogue: with half of it gone the same pictures get more."""
    votes = load_comparer("lnbnn")
    assert votes.relative
    assert not load_comparer("rootsift").relative
    fewer = task.plan.allowed.copy()
    fewer[:, ::2] = False
    small = replace(task, plan=replace(task.plan, allowed=fewer), done={})
    before, after = votes.matrix(task)[fewer], votes.matrix(small)[fewer]
    assert after.sum() > 1.05 * before.sum()
    for weights in load_system("rootsift+lnbnn").predict(task).fitted.values():
        assert weights["evidence"][1] > 0
        assert weights["evidence"][2] == 0


def test_another_folds_answers_do_not_touch_ones_own(task, drawn):
    """Whatever is true within a fold, its own weights stay: they never saw it."""
    system = load_system("lite1+rootsift")
    before = system.predict(task).fitted
    plan = task.plan
    mine = plan.fold[plan.queries] == 0
    turned = plan.same.copy()
    turned[np.ix_(mine, plan.fold[plan.gallery] == 0)] ^= True
    after = system.predict(replace(task, plan=replace(plan, same=turned & plan.allowed))).fitted
    assert after["0"] == before["0"]
    assert after["1"] != before["1"]


def test_the_mean_of_weights():
    one, two = Weights((0, 2), (4, 6), -1, 3), Weights((2, 4), (0, 0), -3, 5)
    assert mean_of([one, two]) == Weights((1, 3), (2, 3), -2, 4)


def test_a_useless_comparer_gets_no_weight():
    rng = np.random.default_rng(0)
    same = rng.random(400) < 0.3
    x = np.stack([same + rng.normal(0, 0.5, 400), ~same + rng.normal(0, 0.5, 400)], axis=1)
    _, good, bad = fit(x.astype(np.float32), same)
    assert good > 0.5
    assert bad == 0
    with pytest.raises(ConfigError, match="to fit on"):
        fit(x.astype(np.float32), np.ones(400, bool))


def test_a_calibration_of_another_dataset_is_used_on_this_one(task, drawn):
    here = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    with pytest.raises(InputError, match="another dataset"):
        calibrated_elsewhere(here, here)
    there = replace(here, about={**here.about, "dataset": "other"})
    carried = calibrated_elsewhere(here, there)
    assert carried.is_llr
    llr = pair_llr(carried)
    assert llr[here.pair_same].mean() > 0 > llr[~here.pair_same].mean()
    before, after = pair_figures(here, replicates=10), pair_figures(carried, replicates=10)
    assert after["AUC"].value == pytest.approx(before["AUC"].value, abs=0.02)  # bounds may tie
    assert np.isfinite(after["Cllr"].value)
    assert "Calibrated on other" in setting_report([carried], replicates=10)


def test_predictions_come_back_as_they_were(task, drawn, tmp_path):
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    write_prediction(said, tmp_path / "p.npz")
    back = read_prediction(tmp_path / "p.npz")
    for part in ("ranking", "allowed", "unknown", "pairs", "pair_score"):
        np.testing.assert_array_equal(getattr(back, part), getattr(said, part))
    assert back.about == said.about
    assert figures_of(back, replicates=10) == figures_of(said, replicates=10)
    assert back.queries.path[0] == "0-0.png"  # within the dataset's folder, not of this machine
    (tmp_path / "bad.npz").write_bytes(b"no")
    with pytest.raises(TableError, match="reid evaluate predict"):
        read_prediction(tmp_path / "bad.npz")


def test_reports_hold_every_system_of_a_setting(task, drawn):
    names = ("lnbnn", "lite1", "lite1|lnbnn>rootsift")
    said = [predict(load_system(n), n, task, drawn, RULE) for n in names]
    assert [len(g) for g in grouped(said)] == [3]
    text = setting_report(said, replicates=10)
    assert "| `lnbnn` |" in text
    assert "| `lite1` |" in text
    assert r"| `lite1\|lnbnn>rootsift` |" in text
    assert "right with 0.182" in text  # 2 of the 11 others are the same animal
    values = flat(said, replicates=10)
    assert values[0]["figures"]["top-1"][0] == pytest.approx(
        retrieval_figures(said[0], ranks_of(said[0]), replicates=10)["top-1"].value
    )
    assert values[0]["figures"]["BAKS"] is None


def test_an_open_set_asks_for_nobody(drawn, tmp_path):
    rule = replace(load_protocol("open-set"), unknown_share=0.5, seed=3)
    task = make_task(drawn, rule, cache=tmp_path)
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, rule)
    found = figures_of(said, replicates=10)
    if not np.isnan(found["BAKS"].value):
        assert found["BAKS x BAUS"].value == pytest.approx(
            np.sqrt(found["BAKS"].value * found["BAUS"].value)
        )
    assert said.unknown.sum() == 6  # two animals of three pictures


def test_mirrored_impostors_are_measured_flipped(drawn, tmp_path):
    task = make_task(drawn, load_protocol("mirrored-impostors"), cache=tmp_path)
    plain = {a.row.image_id: a for a in task.animals}
    for row in drawn.rows[:2]:
        image, annotation = plain[row.image_id].picture()
        other, turned = plain[f"{row.image_id}~mirrored"].picture()
        np.testing.assert_array_equal(other.pixels, image.pixels[:, ::-1])
        np.testing.assert_array_equal(turned.mask, annotation.mask[:, ::-1])
        assert plain[row.image_id].key != plain[f"{row.image_id}~mirrored"].key


def test_outlines_come_from_the_table_and_are_kept(drawn, tmp_path):
    class Refuses:
        fingerprint = "none"

        def __call__(self, pixels):
            raise AssertionError("the table has outlines")

    outliner = Outliner(localiser=Refuses(), saliency=Refuses())
    first = measure_animals(drawn.rows[:3], outliner, tmp_path)
    again = measure_animals(drawn.rows[:3], outliner, tmp_path)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.mask, b.mask)
        assert (a.key, a.box, a.usable, a.light) == (b.key, b.box, b.usable, b.light)
    assert first[0].whole_box().mask is None
    assert first[0].whole_box().key != first[0].key


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_has_a_system(name):
    load_system(name)


@pytest.mark.parametrize(
    "name",
    ["lite1@wing", "lnbnn@box", "rootsift@box", "rootsift>lite1", "rootsift+rootsift", "", "a b;c"],
)
def test_names_that_make_no_sense_are_refused(name):
    with pytest.raises(ConfigError, match="system"):
        load_system(name)


def test_a_fusion_needs_a_route(task):
    with pytest.raises(ConfigError, match="searches all pictures"):
        Fused((load_comparer("rootsift"),)).predict(task)


def test_pairs_of_one_kind_have_no_figures(task, drawn):
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    assert np.isnan(pair_figures(said, said.pair_same)["AUC"].value)


@pytest.fixture
def small_section(tmp_path, monkeypatch):
    """The section over two systems, one control and one matcher."""
    monkeypatch.setattr(section, "default_cache", lambda: tmp_path)
    monkeypatch.setattr(section, "BASELINES", ("lnbnn", "lite1+rootsift"))
    monkeypatch.setattr(section, "CONTROLS", ("lnbnn@background",))
    monkeypatch.setattr(section, "LEARNED", ("lnbnn>rootsift",))
    monkeypatch.setattr(section, "FURTHER", ("lite1~",))
    monkeypatch.setattr(section, "REPLICATES", 10)
    return section


def test_the_section_measures_every_baseline(drawn, small_section):
    known = small_section.run_setting(drawn, RULE, 1)
    assert tuple(known.said) == small_section.BASELINES
    other = replace(drawn, name="elsewhere")
    mirrored = load_protocol("mirrored-impostors")
    few = small_section.run_setting(other, mirrored, 1, known.predictions)
    assert all(p.is_llr and p.about["calibrated_on"] == drawn.name for p in few.predictions)
    text = small_section.sensitivity_report(drawn, RULE, 1)
    assert text.count("| 0.") >= len(small_section.LIMITS) - 1


def test_the_sections_further_tables_are_filled(drawn, small_section, monkeypatch):
    known = small_section.run_setting(drawn, RULE, 1)
    sample = small_section.learned_report(known, replace(load_protocol("sampled"), queries=5))
    assert "5 queries of known individuals" in sample
    rows = [line for line in sample.splitlines() if line.startswith("| `")]
    assert len(rows) == 4
    assert rows[0].startswith("| `lnbnn` |")
    assert "`lnbnn>rootsift (10)`" in rows[-1]
    assert "below 90 %" in small_section.places_reports([known])[0]
    control = small_section.controls_report([known]).splitlines()[-1]
    assert control.startswith("| drawn") or drawn.name in control
    assert control.rstrip(" |").endswith(("yes", "no"))
    monkeypatch.setattr(small_section, "REFERENCE", "reference")
    sets = [replace(known, dataset=replace(drawn, name=n)) for n in ("reference", "other")]
    words, every, _, curve = small_section.evidence_reports(sets)
    assert "`lite1~`" in words
    assert every.count("| other | ") == 5
    assert every.count("| reference | ") == 3
    assert len(curve.splitlines()) == 2 + len(evidence.KNOWN)


def test_a_sample_borrows_only_what_means_the_same(task, drawn):
    comparer = load_comparer("lnbnn")
    matrix = matrix_of(comparer, task)
    few = make_task(drawn, replace(RULE, queries=4), cache=task.cache)
    lend(task, few)
    rows = [task.plan.queries.tolist().index(k) for k in few.plan.queries]
    np.testing.assert_array_equal(few.done[comparer.method], matrix[rows])
    mirrored = make_task(drawn, load_protocol("mirrored-impostors"), cache=task.cache)
    assert not lend(task, mirrored).done


def test_a_part_of_a_prediction_keeps_its_answers(task, drawn):
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    ids = said.queries.id[[7, 2]]
    part = of_queries(said, ids)
    np.testing.assert_array_equal(part.ranking, said.ranking[[7, 2]])
    assert part.queries.individual.tolist() == said.queries.individual[[7, 2]].tolist()
    with pytest.raises(InputError, match="asked"):
        of_queries(said, np.array(["nobody"]))


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.1, 50.0),
    st.floats(-20.0, 20.0),
)
def test_normed_scores_forget_the_catalogues_scale(seed, scale, shift):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(7, 9)).astype(np.float32)
    allowed = rng.random((7, 9)) < 0.8
    said = normed(scores, allowed)
    again = normed((scale * scores + shift).astype(np.float32), allowed)
    np.testing.assert_allclose(again, said, atol=2e-2)
    assert (np.abs(said[~allowed]) == 0).all()


def test_normed_scores_agree_with_a_slow_oracle():
    rng = np.random.default_rng(3)
    scores, allowed = rng.normal(size=(5, 6)), rng.random((5, 6)) < 0.8
    found = normed(scores.astype(np.float32), allowed)
    for i, j in np.argwhere(allowed):
        row = [scores[i, k] for k in range(6) if allowed[i, k]]
        column = [scores[k, j] for k in range(5) if allowed[k, j]]
        sides = [(scores[i, j] - np.mean(s)) / max(np.std(s), 1e-6) for s in (row, column)]
        assert found[i, j] == pytest.approx(np.mean(sides), abs=1e-4)


def test_normed_scores_keep_their_order_in_the_tail():
    scores = np.zeros((400, 400), np.float32)
    scores[0, 0], scores[1, 1] = 50.0, 60.0
    found = normed(scores, np.ones(scores.shape, dtype=np.bool_))
    assert 6 < found[0, 0] <= found[1, 1] < 7
    rows = np.zeros((2, 400), np.float32)
    rows[:, :2] = [[50.0, 0.0], [50.0, 60.0]]
    assert normed(rows, np.ones(rows.shape, dtype=np.bool_))[1].argmax() == 1


def test_a_pictures_liking_for_everybody_is_taken_out():
    """A hub, which scores high with all, does not stand out for any one."""
    scores = np.zeros((6, 6), np.float32)
    scores[np.arange(6), np.arange(6)] = 1.0
    hub = scores.copy()
    hub[:, 2] += 5.0
    found = normed(hub, np.ones((6, 6), dtype=np.bool_))
    assert (found.argmax(axis=1) == np.arange(6)).all()
    assert (hub.argmax(axis=1) == 2).all()


def test_only_what_searches_everything_can_be_normed():
    assert load_comparer("lnbnn~").dense
    with pytest.raises(ConfigError, match="searches all pictures"):
        load_comparer("rootsift~")
