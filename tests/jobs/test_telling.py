"""What of a job's problem leaves the server."""

import pytest

from reid.batch import BatchOptions
from reid.batch.found import Found
from reid.batch.rows import media_rows
from reid.catalogue.jobs import NewItem, Outcome
from reid.jobs.telling import without_places


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("north/I0.JPG was changed while the job ran", None),
        ("expected 1 to 4 frames, found 9; see https://example.org/a/b.html", None),
        ("left/right and 1/2 of it", None),
        ("/srv/archives/survey 2/x: expected a folder", ".../survey 2/x: expected a folder"),
        ("'/srv/data/index/ab.index': no room", "'.../ab.index': no room"),
        ("no room (/var/lib/reid/media/.incoming)", "no room (.../.incoming)"),
        ("~/reid/secret/file.db is locked", ".../file.db is locked"),
        (r"C:\Users\Asel\survey\a.jpg: damaged", r"...\a.jpg: damaged".replace("\\", "/", 1)),
        (
            "OperationalError: connection to server at 10.0.0.7 failed",
            "an unforeseen OperationalError; the worker's log says more",
        ),
        (
            "sqlalchemy.exc.OperationalError: /a/b/c",
            "an unforeseen sqlalchemy.exc.OperationalError; the worker's log says more",
        ),
    ],
)
def test_folders_and_unworded_errors_stay_on_the_server(problem, told):
    assert without_places(problem) == (problem if told is None else told)


@pytest.mark.parametrize("confined", [True, False])
def test_what_a_batch_leaves_names_no_folder_to_clients(lite, making, confined):
    source, problem = "/srv/archives/survey-2026", "/srv/archives/survey-2026/a.jpg: expected more"
    params = {"source": source, "options": BatchOptions(confined=confined).plain()}
    job, _ = lite.submit("batch", params, key=making.key(1), items={"files": [NewItem("a", {})]})
    lite.enlist("w", machine="", pid=1, process="")
    lite.claim("w", kinds=["batch"])
    lite.claim_items(job.id, "w", "files", 1)
    lite.commit_items(job.id, "w", "files", [Outcome(0, None, problem)])
    found = Found(lite, job)
    (row,) = media_rows(found)
    assert row["why"] == (".../a.jpg: expected more" if confined else problem)
    assert found.source == ("survey-2026" if confined else source)
