"""How many there are, over HTTP."""

from reid.client.results.abundance import Abundance


def test_nobody_was_seen(client):
    answer = client.get("/v1/abundance")
    assert answer.status_code == 200
    found = Abundance.model_validate(answer.json())
    assert found.summary == "No leopards were seen."
    assert (found.whole.least, found.whole.most) == (0, 0)


def test_an_event_that_never_was_is_named(client):
    answer = client.get("/v1/abundance", params={"event": 12345})
    assert answer.status_code == 422
    assert "12345" in answer.text


def test_too_few_draws_are_refused(client):
    assert client.get("/v1/abundance", params={"draws": 1}).status_code == 422
