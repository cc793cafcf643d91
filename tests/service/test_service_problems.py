"""Every error has one shape, and none tells what it should not."""

import errno

import pytest

from reid import errors
from service.table import TABLE, kind_of

SECRET = "/secret/folder"
FAILURES = [
    (errors.WeightsMissingError(SECRET), 503, "weights"),
    (errors.WeightsAlteredError(SECRET), 503, "weights"),
    (errors.CatalogueError(SECRET), 503, "catalogue"),
    (errors.CatalogueBusyError(SECRET), 503, "catalogue-busy"),
    (errors.StorageFullError(SECRET), 507, "storage-full"),
    (errors.SearchError(SECRET), 503, "search"),
    (OSError(errno.ENOSPC, SECRET), 507, "storage-full"),
    (RuntimeError(SECRET), 500, "internal"),
    (errors.ImageLimitError("too many pixels"), 413, "too-large"),
    (errors.InputError("not so"), 422, "invalid"),
    (errors.NotFoundError("not there"), 404, "not-found"),
    (errors.ConflictError("changed meanwhile"), 409, "conflict"),
]


@pytest.mark.parametrize(("error", "status", "code"), FAILURES, ids=lambda value: str(value))
def test_errors_of_the_library(steady, monkeypatch, check_problem, error, status, code):
    monkeypatch.setattr(steady.library, "fail", error)
    for answer in (
        steady.post("/v1/comparisons", json={"sighting_ids": ["a", "b"]}),
        steady.get("/v1/ready"),
        steady.post("/v1/index/rebuild"),
    ):
        problem = check_problem(answer, status, code)
        assert SECRET not in answer.text
        if status < 500:
            assert problem["detail"] == str(error)
    assert steady.get("/v1/health").status_code == 200


def test_who_got_no_turn_is_told_when_to_come_back(steady, monkeypatch):
    monkeypatch.setattr(steady.library, "fail", errors.CatalogueBusyError(SECRET))
    answer = steady.post("/v1/comparisons", json={"sighting_ids": ["a", "b"]})
    assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.setattr(steady.library, "fail", errors.CatalogueError(SECRET))
    answer = steady.post("/v1/comparisons", json={"sighting_ids": ["a", "b"]})
    assert "Retry-After" not in answer.headers


def test_every_error_of_reid_has_a_kind_of_its_own():
    def below(kind):
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    for kind in below(errors.ReidError) - {errors.ReidError}:
        if kind.__module__.startswith("reid.client"):
            continue  # of the other end of the line
        assert any(base in TABLE for base in kind.__mro__), kind
        # whatever else its maker asks for
        assert kind_of(kind.__new__(kind, "words")).status != 500


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1/sightings/", 404, "not-found"),
        ("GET", "/v1/sightings/october", 404, "not-found"),
        ("GET", "/v1/sightings/october/annotations/x/picture", 404, "not-found"),
        ("GET", "/v1/comparisons/october", 404, "not-found"),
        ("GET", "/v1/comparisons/october/report", 404, "not-found"),
        ("GET", "/v1/comparisons/october/pictures/pair.jpg", 404, "not-found"),
        ("GET", "/v1/individuals/october", 404, "not-found"),
        ("PUT", "/v1/sightings", 405, "method"),
        ("DELETE", "/v1/comparisons", 405, "method"),
        ("GET", "/v1/sightings?limit=0", 422, "invalid"),
        ("GET", "/v1/sightings?limit=many", 422, "invalid"),
        ("GET", "/v1/sightings?latitude=43.5", 422, "invalid"),
        ("POST", "/v1/sightings", 415, "media-type"),
        ("POST", "/v1/comparisons", 422, "invalid"),
    ],
)
def test_addresses_and_methods(steady, check_problem, method, path, status, code):
    answer = steady.request(method, path)
    check_problem(answer, status, code)
    assert ("allow" in answer.headers) == (status == 405)


def test_withdrawing_from_nobody(steady, check_problem):
    told = {"by": "Asel"}
    answer = steady.post("/v1/individuals/x/sightings/y/withdraw", json=told)
    check_problem(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b"{", 400, "body"),
        (b'"text"', 422, "body"),
        (b'{"sighting_ids": ["a"]}', 422, "body.sighting_ids"),
        (b'{"sighting_ids": ["a", "a"]}', 422, "body"),
        (b'{"sighting_ids": ["a", "b/c"]}', 422, "body.sighting_ids.1"),
        (b'{"sighting_ids": ["a", "\\ud800"]}', 422, "body.sighting_ids.1"),
        (b'{"sighting_ids": ["a", "b"], "prior_same": 1.0}', 422, "body.prior_same"),
        (b'{"sighting_ids": ["a", "b"], "max_error": NaN}', 422, "body.max_error"),
        (b'{"sighting_ids": ["a", "b"], "prior": 0.5}', 422, "body.prior"),
        (b'{"sighting_ids": ["a", "b"], "distances_km": [{"a": "a", "b": "c", "km": 1}]}', 422, ""),
    ],
)
def test_comparisons_that_cannot_be_asked(steady, check_problem, body, status, where):
    headers = {"Content-Type": "application/json"}
    answer = steady.post("/v1/comparisons", content=body, headers=headers)
    problem = check_problem(answer, status, "malformed" if status == 400 else "invalid")
    assert problem["errors"][0]["where"].startswith(where)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"latitude": 91.25, "longitude": 3}, "metadata.latitude"),
        ({"latitude": 43.5}, "metadata"),
        ({"times": [{"at": "yesterday"}]}, "metadata.times.0.at"),
        ({"times": [{"at": 1541919420}]}, "metadata.times.0.at"),
        ({"times": [{"at": "2018-02-30T06:57:00"}]}, "metadata.times.0.at"),
        ({"times": [{"at": "0001-01-01T00:00:00"}]}, "metadata.times.0.at"),
        ({"station": "a\u0000b"}, "metadata.station"),
        ({"media": [{"file_name": "a.jpg"}] * 2}, "metadata"),
        ({"media": [{"file_name": "a.jpg", "flank": "top"}]}, "metadata.media.0.flank"),
        ({"place": "cave"}, "metadata.place"),
    ],
)
def test_metadata_that_cannot_be_used(steady, submit, check_problem, more, where):
    answer = submit(steady, **more)
    problem = check_problem(answer, 422, "invalid")
    assert problem["errors"][0]["where"] == where
    for sent in ("91.25", "43.5", "yesterday"):
        assert sent not in answer.text
    assert steady.get("/v1/sightings").json()["sightings"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"data": {"metadata": "{"}, "files": {"media": ("a", b"x")}}, 400, "malformed"),
        ({"files": {"media": ("a", b"x")}}, 422, "invalid"),
        ({"data": {"metadata": '{"id": "a"}'}, "files": {"other": ("a", b"x")}}, 422, "invalid"),
        ({"data": {"metadata": '{"id": "a"}', "media": "text"}}, 415, "media-type"),
        ({"files": [("metadata", ("m", b'{"id": "a"}'))]}, 422, "invalid"),
        ({"files": [("metadata", ("m", b"{}")), ("media", ("a", b""))]}, 422, "invalid"),
        (
            {
                "data": {"metadata": '{"id": "a"}'},
                "files": [("media", ("a", b"1")), ("media", ("a", b"2"))],
            },
            422,
            "invalid",
        ),
        (
            {
                "data": {"metadata": '{"id": "a", "media": [{"file_name": "b"}]}'},
                "files": {"media": ("a", b"x")},
            },
            422,
            "invalid",
        ),
        (
            {"data": {"metadata": '{"id": "a"}'}, "files": {"media": ("x" * 300, b"x")}},
            422,
            "invalid",
        ),
    ],
)
def test_uploads_that_cannot_be_used(steady, check_problem, body, status, code):
    check_problem(steady.post("/v1/sightings", **body), status, code)


@pytest.mark.parametrize("content", [b"", b"--b\r\nnonsense", b"--b\r\n\r\n\r\n--b--\r\n"])
def test_broken_multipart(steady, check_problem, content):
    for kind in ("multipart/form-data", "multipart/form-data; boundary=b"):
        headers = {"Content-Type": kind}
        answer = steady.post("/v1/sightings", content=content, headers=headers)
        assert answer.status_code in (400, 422)
        check_problem(
            answer, answer.status_code, {400: "malformed", 422: "invalid"}[answer.status_code]
        )


def test_a_library_that_cannot_be_opened(serve, check_problem):
    def factory(settings):
        raise errors.WeightsMissingError(SECRET)

    client = serve(factory=factory)
    for path in ("/v1/ready", "/v1/ready", "/v1/sightings"):
        answer = client.get(path)
        while answer.json()["type"].endswith("not-ready"):
            assert answer.headers["retry-after"]
            answer = client.get(path)
        check_problem(answer, 503, "weights")
    assert client.get("/v1/health").status_code == 200


def test_a_library_that_could_not_be_opened_is_tried_again(
    serve, stand_in, check_problem, monkeypatch
):
    tries = []

    def factory(settings):
        tries.append(settings)
        if len(tries) == 1:
            raise errors.CatalogueError("the database is away")
        return stand_in.StandIn(settings).opened()

    monkeypatch.setattr("service.state.RELOAD_AFTER_S", 0.0)
    client = serve(factory=factory)
    codes = set()
    for _ in range(200):
        answer = client.get("/v1/ready")
        codes.add(answer.json().get("type", "ready").rpartition(":")[2])
        if not answer.is_error:
            break
    assert codes >= {"catalogue", "ready"}
    assert len(tries) == 2


def test_the_request_id_is_the_clients_when_it_fits(steady):
    assert (
        steady.get("/v1/health", headers={"X-Request-ID": "a-1"}).headers["x-request-id"] == "a-1"
    )
    for unfit in ("a b", "x" * 65, 'a"', ""):
        given = steady.get("/v1/health", headers={"X-Request-ID": unfit}).headers["x-request-id"]
        assert len(given) == 32
