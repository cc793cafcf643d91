"""What users of other systems complain of in their answers: impossible here, by the real models."""

import csv
import io

import numpy as np
import pytest
from PIL import Image as Pil
from PIL import ImageEnhance, ImageFilter

from reid.errors import SearchError
from reid.types import Flank
from training.synthetic import Illumination

pytestmark = pytest.mark.slow
ANIMAL, OTHER = 31, 32
NEVER = ("no match", "no-match", "nobody", "new individual")


def bad(content):
    """The picture as a bad night would show it."""
    picture = Pil.open(io.BytesIO(content)).convert("RGB")
    soft = picture.filter(ImageFilter.GaussianBlur(7)).resize((320, 224))
    return jpeg(ImageEnhance.Brightness(soft).enhance(0.25))


def jpeg(picture):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def named(decide, client, sighting, name):
    new = {"kind": "new-individual", "sighting_ids": [sighting], "name": name}
    decide(client, new, sighting).raise_for_status()


def table(client, job, name):
    text = client.get(f"/v1/jobs/{job['id']}/files/{name}.csv").raise_for_status().text
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("error", [SearchError("the search took too long"), TimeoutError()])
def test_a_time_out_or_a_failed_search_is_shown_as_no_match(
    service, leopard, send, decide, group, monkeypatch, error
):
    send(service, "known", leopard(ANIMAL))
    send(service, "asked", leopard(ANIMAL, station=2))
    named(decide, service, "known", "Aidar")

    def fails(*_args, **_more):
        raise error

    monkeypatch.setattr("reid.jobs.context.RETRY_S", 0.0)
    monkeypatch.setattr(service.library.search, "propose", fails)
    answer = service.post("/v1/identifications", json={"sighting_id": "asked"})
    assert answer.status_code in (500, 503)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "kind" not in answer.json()
    job = group(service, "known", "asked")
    for row in table(service, job, "sightings"):
        assert row["answer"] == "error", row
        assert not any(word in str(row).lower() for word in NEVER)
    monkeypatch.undo()
    who = service.post("/v1/identifications", json={"sighting_id": "asked"}).json()
    assert (who["kind"], who["individual"]) == ("individual", "Aidar")


def test_animals_of_one_batch_are_not_compared_with_each_other(service, leopard, send, group):
    send(service, "one", leopard(ANIMAL))
    send(service, "two", leopard(OTHER, station=3))
    send(service, "three", leopard(ANIMAL, station=2))
    job = group(service, "one", "two", "three")
    assert job["state"] == "done", job["problem"]
    groups = [set(row["members"].split(", ")) for row in table(service, job, "groups")]
    assert {"one", "three"} in groups
    assert {"two"} in groups
    assert service.get("/v1/individuals").json()["individuals"] == []


def test_a_low_quality_picture_makes_an_animal_vanish(service, leopard, send, decide, group):
    send(service, "known", leopard(ANIMAL))
    named(decide, service, "known", "Aidar")
    found = send(service, "bad night", bad(leopard(ANIMAL, station=2)))
    assert len(found["annotations"]) == 1
    assert found["rejected"] == []
    assert found["annotations"][0]["view"]["quality"]["reasons"]
    who = service.post("/v1/identifications", json={"sighting_id": "bad night"}).json()
    assert who["kind"] != "new", "a picture that tells nothing is no new animal"
    assert who["reasons"]
    job = group(service, "known", "bad night")
    assert "bad night" in {row["sighting"] for row in table(service, job, "sightings")}
    listed = service.get("/v1/sightings").json()["sightings"]
    assert "bad night" in {one["id"] for one in listed}


def test_left_is_offered_against_right(service, leopard, send, decide):
    send(service, "left", leopard(ANIMAL))
    send(service, "right", leopard(ANIMAL, Flank.RIGHT, 2), flank="right")
    named(decide, service, "left", "Aidar")
    asked = {"sighting_ids": ["left", "right"]}
    compared = service.post("/v1/comparisons", json=asked).json()
    (verdict,) = compared["verdicts"]
    assert verdict["verdict"] == "not comparable"
    assert verdict["probability"] is None
    assert "flank" in " ".join([*verdict["reasons"], verdict["would_settle"]])
    who = service.post("/v1/identifications", json={"sighting_id": "right"}).json()
    assert who["kind"] in ("not comparable", "inconclusive")
    assert who["individual"] is None
    assert all(candidate["llr"] == 0 for candidate in who["candidates"])
    assert service.get("/v1/review/queue").json()["queue"] == []


def test_matches_are_on_the_background(service, leopard, send):
    """Two animals before the very same rocks, and the same rocks without any."""
    place = {"station": 5}
    send(service, "one", leopard(ANIMAL, **place))
    send(service, "other", leopard(OTHER, **place))
    asked = {"sighting_ids": ["one", "other"]}
    compared = service.post("/v1/comparisons", json=asked).json()
    (verdict,) = compared["verdicts"]
    assert verdict["verdict"] != "same"
    again = {"light": Illumination.DUSK, "yaw_deg": 8.0}
    send(service, "same", leopard(ANIMAL, station=2, **again))
    found = service.post("/v1/comparisons", json={"sighting_ids": ["one", "same"]}).json()
    assert found["verdicts"][0]["verdict"] == "same"
    pairs = [pair for one in found["evidence"] for pair in one["pairs"]]
    controls = {control["name"] for pair in pairs for control in pair["controls"]}
    assert "background" in controls, "a match is only believed after the background was tried"


def test_two_animals_in_one_picture_are_treated_as_one(service, leopard, send, decide):
    one = np.asarray(Pil.open(io.BytesIO(leopard(ANIMAL))).convert("RGB"))
    two = np.asarray(Pil.open(io.BytesIO(leopard(OTHER, station=3))).convert("RGB"))
    both = jpeg(Pil.fromarray(np.hstack([one, two])))
    height, width = one.shape[:2]
    boxes = [
        {"x_px": x, "y_px": 0.1 * height, "width_px": 0.9 * width, "height_px": 0.8 * height}
        for x in (0.05 * width, 1.05 * width)
    ]
    found = send(service, "both", both, boxes=boxes)
    assert len(found["annotations"]) == 2
    send(service, "alone", leopard(ANIMAL, station=2))
    asked = {"sighting_ids": ["both", "alone"]}
    answer = service.post("/v1/comparisons", json=asked).json()
    assert answer["verdicts"][0]["verdict"] != "same", "nobody said which of the two is meant"
    assert "several-animals" in " ".join(answer["flags"])
    named(decide, service, "alone", "Aidar")
    told = {"sighting_id": "both", "by": "Asel"}
    refused = service.post("/v1/individuals/Aidar/sightings", json=told)
    assert refused.status_code == 422
    assert "several" in refused.json()["detail"]


def test_scores_are_without_meaning(service, leopard, send):
    send(service, "one", leopard(ANIMAL))
    send(service, "two", leopard(ANIMAL, station=2))
    send(service, "far", leopard(OTHER, station=3))
    asked = {"sighting_ids": ["one", "two", "far"], "prior_same": 0.5, "max_error": 0.01}
    answer = service.post("/v1/comparisons", json=asked).json()
    for verdict in answer["verdicts"]:
        assert 0 <= verdict["probability"] <= 1
        assert verdict["reasons"]
        assert verdict["prior_curve"], "how the answer moves with the prior"
        if verdict["verdict"] == "same":
            assert verdict["probability"] >= 1 - answer["max_error"]
        if verdict["verdict"] == "different":
            assert verdict["probability"] <= answer["max_error"]
    whole = sum(grouping["probability"] for grouping in answer["groupings"])
    assert whole == pytest.approx(1, abs=1e-6)
    said = answer["provenance"]
    assert said["calibration"]
    assert said["calibration_fitted_on"]


def test_identification_cannot_be_run_again_later(service, engine, leopard, send, decide, tmp_path):
    from reid.pipeline import Library

    send(service, "known", leopard(ANIMAL))
    named(decide, service, "known", "Aidar")
    send(service, "asked", leopard(ANIMAL, station=2))
    question = {"sighting_id": "asked"}
    first = service.post("/v1/identifications", json=question).json()
    compared = service.post("/v1/comparisons", json={"sighting_ids": ["known", "asked"]}).json()
    send(service, "later", leopard(OTHER, station=3))
    second = service.post("/v1/identifications", json=question).json()
    kept = ("kind", "individual", "probability", "reasons")
    assert [first[k] for k in kept] == [second[k] for k in kept]
    with Library.open(engine, tmp_path / "data") as elsewhere:  # another process, another day
        assert elsewhere.catalogue.replayable(compared["id"])
        again = elsewhere.comparison(compared["id"])
        assert [v.probability for v in again.verdicts] == [
            v["probability"] for v in compared["verdicts"]
        ]
        third = elsewhere.identify("asked")
        assert (third.kind, third.individual) == (first["kind"], first["individual"])
        assert third.probability == pytest.approx(first["probability"])
