"""What the log keeps, and what it must not."""

import logging
import time

LATITUDE, LONGITUDE = 43.2718281, 54.3141592


def test_positions_are_never_logged(serve, submit, caplog):
    caplog.set_level(logging.DEBUG)
    client = serve()
    place = {"latitude": LATITUDE, "longitude": LONGITUDE}
    assert submit(client, **place).status_code == 201
    client.get("/v1/sightings", params=place)
    client.get(f"/v1/sightings/{LATITUDE}")
    client.get(f"/{LATITUDE}/{LONGITUDE}")
    submit(client, "other", **{**place, "latitude": 100 + LATITUDE})
    client.library.fail = RuntimeError(f"at {LATITUDE}")
    assert submit(client, "third", **place).status_code == 500
    ours = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    text = "\n".join(f"{r.getMessage()} {r.exc_text} {r.exc_info}" for r in ours)
    assert "POST /v1/sightings 201" in text
    assert "RuntimeError" in text
    assert "2718281" not in text
    assert "3141592" not in text


def test_a_line_for_each_request_with_its_id(client, caplog):
    caplog.set_level(logging.INFO, "service.access")
    client.get("/v1/sightings/x", headers={"X-Request-ID": "walk-1"})
    expected = "walk-1 GET /v1/sightings/{sighting_id} 404 "

    def told():
        lines = [r.getMessage() for r in caplog.records if r.name == "service.access"]
        return any(line.startswith(expected) for line in lines)

    end = time.monotonic() + 10
    while not told() and time.monotonic() < end:  # the line is written after the answer is sent
        time.sleep(0.02)
    assert told()


def test_the_servers_own_words_are_logged_not_sent(client, caplog):
    from reid.errors import WeightsMissingError

    client.library.fail = WeightsMissingError("no file in the folder of weights")
    answer = client.get("/v1/ready")
    assert "no file in the folder" not in answer.text
    assert "no file in the folder" in caplog.text
    assert answer.json()["request_id"] in caplog.text
