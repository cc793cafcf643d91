"""Which licences train together, and what weights that were learnt from them must carry."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.catalogue.licences import Licences
from reid.errors import InputError
from reid.labels.readiness import readiness_of_catalogue
from reid.labels.rights import OWN_LICENCE, carried, left_out_by_licence, refusal
from reid.registry.inspection import check_data_licences
from training.data import Use
from training.lab.sources import Sources

BY, NC, SA, ND = "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0"
NC_SA = "CC-BY-NC-SA-4.0"
KNOWN = ["CC0-1.0", BY, NC, "CC-BY-NC-3.0", SA, NC_SA, "CC-BY-NC-SA-3.0", OWN_LICENCE, "MIT"]


@pytest.mark.parametrize(
    ("asked", "licence"),
    [
        ([], ""),
        ([BY, "CC0-1.0", "MIT AND Apache-2.0"], ""),
        ([OWN_LICENCE, BY], OWN_LICENCE),
        ([NC, BY], NC),
        ([NC, "CC-BY-NC-3.0"], NC),
        ([SA, BY], SA),
        ([NC, NC_SA], NC_SA),
        (["CC-BY-NC-SA-3.0", NC_SA], NC_SA),
        ([OWN_LICENCE, NC], f"{NC} AND {OWN_LICENCE}"),
        ([f"{NC} AND {OWN_LICENCE}", NC_SA], f"{NC_SA} AND {OWN_LICENCE}"),
        (["LicenseRef-x", NC], f"{NC} AND LicenseRef-x"),
        ([f"{NC} OR {BY}"], ""),
        ([f"({NC} OR {BY}) AND MIT"], NC),
    ],
)
def test_what_is_carried(asked, licence):
    assert carried({one: one for one in asked}) == licence


@pytest.mark.parametrize("asked", [[SA, NC], [SA, NC_SA], ["ODbL-1.0", SA], ["GPL-3.0-only", NC]])
def test_licences_that_no_one_keeps_are_refused_by_name(asked):
    with pytest.raises(InputError, match=r"one licence.*pictures-1") as raised:
        carried({one: f"pictures-{n}" for n, one in enumerate(asked)})
    assert all(one in str(raised.value) for one in asked)


@given(st.lists(st.sampled_from(KNOWN), max_size=4))
def test_what_is_carried_keeps_the_terms_of_all_and_asks_for_itself_again(asked):
    try:
        licence = carried({one: one for one in asked})
    except InputError:
        assert SA in asked, "only share-alike that allows commerce can clash among these"
        return
    assert licence == carried({one: one for one in reversed(asked)})
    check_data_licences(licence or "Apache-2.0", tuple(asked))
    assert carried(dict.fromkeys([*asked, licence or "MIT"], "all")) == licence


def test_what_forbids_it_or_does_not_say_is_left_out_unless_it_is_the_trainers_own_word():
    assert refusal(f"{BY} AND {ND}").startswith("licence forbids derivatives: ")
    assert refusal("CC-BY-NC-ND-4.0")
    assert refusal("LicenseRef-All-rights-reserved").startswith("licence does not say")
    assert refusal("LicenseRef-agreed", {"LicenseRef-agreed"}) == ""
    assert not any(refusal(one) for one in KNOWN)


def test_of_licences_that_clash_the_one_of_more_pictures_stays():
    left = left_out_by_licence({SA: 3, NC: 5, OWN_LICENCE: 1, ND: 90, BY: 1})
    assert set(left) == {SA, ND}
    assert left[SA] == f"licences clash: {SA} with {NC}, which more pictures are under"


@pytest.fixture
def licensed(catalogue):
    """Some of the confirmed sightings came under a licence."""

    def state(sightings, media, data=""):
        for name in sightings:
            one = catalogue.load_sighting(name)
            files = tuple(replace(m, licence=media) for m in one.media)
            Licences.of(catalogue).state(replace(one, media=files, licence=data), replace=True)

    return state


def frozen(catalogue, folder, licence=""):
    return Sources.open(catalogue, (), licence).freeze(folder, seed=0, least_usable=0.0)


def test_sources_and_rights_follow_from_what_is_used(catalogue, licensed, tmp_path):
    licensed(["s0-0", "s0-1"], NC)
    licensed(["s1-0"], BY)
    licensed(["s2-0"], ND)
    licensed(["s3-0", "s3-1", "s3-2"], "LicenseRef-All-rights-reserved")
    licensed(["s4-0"], SA)
    made = frozen(catalogue, tmp_path / "set")
    assert {one["licence"]: one["pictures"] for one in made.sources} == {
        BY: "1", NC: "2", OWN_LICENCE: "22",
    }  # fmt: skip
    assert (made.licence, made.use) == (f"{NC} AND {OWN_LICENCE}", Use.SHARE_ALIKE)
    why = {one.sighting: one.reason for one in made.left_out}
    assert why["s2-0"] == f"licence forbids derivatives: {ND}"
    assert "does not say" in why["s3-1"]
    assert why["s4-0"].startswith(f"licences clash: {SA} with")
    assert not {e.sighting for e in made.entries} & {f"catalogue/{name}" for name in why}
    ready = readiness_of_catalogue(catalogue)
    assert ready.left_out["licences clash"] == ready.left_out["licence forbids derivatives"] == 1


def test_a_licence_given_by_hand_is_of_what_nobody_stated_one_for(catalogue, licensed, tmp_path):
    licensed(["s0-0"], NC)
    made = frozen(catalogue, tmp_path / "set", "cc-by-4.0")
    assert {one["licence"] for one in made.sources} == {BY, NC}
    assert made.licence == NC
    with pytest.raises(InputError, match=r"--licence.*found 'ask me'"):
        frozen(catalogue, tmp_path / "none", "ask me")


def test_a_licence_of_the_data_counts_too(catalogue, licensed, tmp_path):
    licensed(["s0-0"], BY, NC_SA)
    made = frozen(catalogue, tmp_path / "set", "CC0-1.0")
    assert {one["licence"] for one in made.sources} == {f"{BY} AND {NC_SA}", "CC0-1.0"}
    assert made.licence == NC_SA


def test_one_picture_under_two_licences_is_under_both(catalogue, licensed, tmp_path):
    one = catalogue.load_sighting("s0-0")
    twice = replace(one, id="again", media=(replace(one.media[0], licence=NC),))
    catalogue.save_sighting(twice)
    licensed(["s0-0"], BY)
    made = frozen(catalogue, tmp_path / "set", "CC0-1.0")
    assert {s["licence"] for s in made.sources} == {f"{BY} AND {NC}", "CC0-1.0"}
