"""What tables of others call a sighting or an animal is found again, slashes and all."""

from urllib.parse import quote

import pytest

from reid.client import Client, MissingError
from reid.image import open_image
from reid.types import Sighting, SightingMedia

ODD = ("north/2018?11", "a/frames", "50 %/b/", "annotations", "x/annotations/y#1", "two\nlines")
NAME = "Leopard A/merge"


@pytest.fixture
def stored(client, stand_in, picture):
    """Stored by the command line, whose tables may call a sighting anything."""
    for number, name in enumerate(ODD):
        sighting = Sighting(name, (SightingMedia("a.jpg", picture(number)),))
        image = open_image(sighting.media[0].content, file_name="a.jpg")
        client.library.catalogue.save_sighting(sighting, [stand_in.measured(sighting, 0, image)])
        client.library.catalogue.enrol(name, NAME, by="Asel")
    return client


@pytest.mark.parametrize("name", ODD)
def test_a_sighting_of_any_id_is_found_with_its_pictures(stored, name):
    with Client(str(stored.base_url)) as service:
        found = service.sighting(name)
        assert (found.id, found.individual) == (name, NAME)
        assert service.frames(name).id == name
        assert service.annotation_picture(name, found.annotations[0].id)
        for other in (f"{name}x", f"{name}/frames"):
            with pytest.raises(MissingError):
                service.sighting(other)
    assert stored.get(found.annotations[0].picture).status_code == 200
    page = stored.get(f"/sightings/{quote(name, safe='')}")
    assert page.status_code == 200
    assert quote(name, safe="") in stored.get("/sightings").text


def test_an_individual_of_any_name_is_found_and_can_be_changed(stored):
    with Client(str(stored.base_url)) as service:
        assert service.individual(NAME).name == NAME
        assert service.contradictions(NAME).contradictions == ()
        assert service.dossier(NAME)
        service.withdraw(NAME, ODD[0], by="Asel", why="another cat")
        assert set(service.individual(NAME).sighting_ids) == set(ODD[1:])
    for end in ("", "/merge", "/dossier"):
        assert stored.get(f"/individuals/{quote(NAME, safe='')}{end}").status_code == 200
