"""Lines of the log: their form, what they are about, what is struck out."""

import io
import json
import logging
import urllib.request

import pytest

from reid.errors import ConfigError
from reid.people import make_key
from reid.telemetry import about, observing, timed
from reid.telemetry.logs import JsonLines, TextLines, clean
from reid.telemetry.meters import serve_stages

WORDS = "what the file says"


@pytest.fixture
def told():
    """A logger of a form; gives the lines written so far."""

    def begin(form):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(form())
        log = logging.Logger("reid.test")  # with nothing above it
        log.addHandler(handler)
        return log, lambda: stream.getvalue().splitlines()

    return begin


def test_a_line_of_json_says_what_it_is_about(told):
    log, lines = told(JsonLines)
    with about(request_id="r-1"), about(job_id="j-1"):
        log.info("stored %s", "november", extra={"fields": {"ms": 12}})
    log.warning("after")
    first, second = map(json.loads, lines())
    assert first["message"] == "stored november"
    assert (first["request_id"], first["job_id"], first["ms"]) == ("r-1", "j-1", 12)
    assert (first["level"], first["logger"]) == ("info", "reid.test")
    assert first["at"].endswith("+00:00")
    assert "job_id" not in second


def test_one_record_is_one_line_whatever_is_in_it(told):
    for form in (JsonLines, TextLines):
        log, lines = told(form)
        log.info('a "quoted" \\ line')
        assert len(lines()) == 1
    log, lines = told(JsonLines)
    log.info("forged\n{}")
    assert len(lines()) == 1


def test_text_names_what_the_line_is_about_once(told):
    log, lines = told(TextLines)
    with about(request_id="r-1"):
        log.info("r-1 GET")
        log.error("failed")
    assert lines()[0].endswith("reid.test r-1 GET")
    assert lines()[1].endswith("reid.test failed error request_id=r-1")


@pytest.mark.parametrize("form", [JsonLines, TextLines])
def test_the_words_of_an_unforeseen_error_are_not_told(told, form):
    log, lines = told(form)
    try:
        raise KeyError(WORDS)
    except KeyError:
        log.exception("it failed")
    text = "\n".join(lines())
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert WORDS not in text


def test_keys_and_places_are_struck_out(told):
    key = make_key().text
    log, lines = told(JsonLines)
    log.info("at %s, %s with %s", 43.2718281, -54.3141, key, extra={"fields": {"x": f"<{key}>"}})
    (line,) = lines()
    assert key.rpartition("_")[2] not in line
    assert "2718" not in line
    assert "3141" not in line
    assert clean("0.05 s, 12.345 km, 127.0.0.1:8000, 1.2.3.45678") == (
        "0.05 s, 12.345 km, 127.0.0.1:8000, 1.2.3.45678"
    )


def test_whoever_observes_is_told_until_they_leave():
    seen = []
    stop = observing(lambda stage, seconds: seen.append(stage))
    with timed("embed"):
        pass
    stop()
    with timed("match"):
        pass
    assert seen == ["embed"]


def test_a_worker_tells_its_stages_on_a_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve_stages("127.0.0.1", port)
    with timed("locate"):
        pass
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    assert 'leopard_reid_stage_seconds_count{stage="locate"} 1.0' in page
    with pytest.raises(ConfigError, match="--metrics-port"):
        serve_stages("127.0.0.1", port)
