"""``reid jobs``: long work, asked for, listed, watched, cancelled. ``reid worker`` does it."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import say, say_by_log, show, show_json
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.exits import Exit
from reid.cli.group import group
from reid.cli.job_tables import job_json, job_lines, jobs_table, state_words
from reid.cli.watching import follow
from reid.cli.working import Hands, leave_with_parent, leaving_on_signals

app = typer.Typer(help="Long work: list, show, watch, cancel.", no_args_is_help=True)
app.command("group")(group)
JobId = Annotated[str, typer.Argument(metavar="JOB", help="Its id, as `reid jobs list` shows it.")]


@app.callback()
def jobs() -> None:
    """Long work: list, show, watch, cancel."""


@app.command("list")
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 20,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """The newest jobs."""
    from reid.catalogue.jobs import JobStore

    with open_catalogue(data_dir) as catalogue:
        found = JobStore.of(catalogue).jobs(limit=limit)
    if as_json:
        show_json({"jobs": [job_json(job) for job in found]})
    elif found:
        show(jobs_table(found))
    else:
        show("No jobs yet; `reid batch FOLDER` begins one.")


@app.command("show")
def show_job(
    job_id: JobId, data_dir: options.DataDir = None, as_json: options.Json = False
) -> None:
    """All of one job."""
    from reid.catalogue.jobs import JobStore

    with open_catalogue(data_dir) as catalogue:
        store = JobStore.of(catalogue)
        job, workers = store.job(job_id), len(store.workers())
        takers = store.takers(job.kind)
        stages = {
            stage: {state.value: n for state, n in counts.items()}
            for stage, counts in store.stages(job_id).items()
        }
    if as_json:
        show_json({**job_json(job), "stages": stages, "workers": workers, "takers": takers})
    else:
        show(*job_lines(job, stages, workers, takers))


@app.command()
def cancel(job_id: JobId, data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """Stop a job after what is in hand; what it did stays, and it can be asked for again."""
    from reid.catalogue.jobs import JobStore

    with open_catalogue(data_dir) as catalogue:
        job = JobStore.of(catalogue).cancel(job_id)
    if as_json:
        show_json(job_json(job))
    else:
        show(f"Job {job.id}: {state_words(job)}.")


@app.command()
def watch(job_id: JobId, data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """Show how far a job is until it has ended."""
    from reid.catalogue.jobs import JobStore

    with open_catalogue(data_dir) as catalogue:
        job = follow(JobStore.of(catalogue), job_id)
    if as_json:
        show_json(job_json(job))
    else:
        show(f"Job {job.id}: {state_words(job)}. {job.problem}".strip())
    if job.state == "failed":
        raise typer.Exit(Exit.BAD_INPUT)


def worker(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing is due, instead of waiting.")
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Tell Prometheus the models' seconds on this port."),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option(help="Address of it; figures only, so a private one will do.")
    ] = "127.0.0.1",
    attached: Annotated[
        bool, typer.Option("--attached", hidden=True, help="End when standard input is closed.")
    ] = False,
    data_dir: options.DataDir = None,
    threads: options.Threads = 2,
) -> None:
    """Work on jobs of the catalogue until stopped (Ctrl-C); several may work side by side."""
    from reid.telemetry import set_up_logs

    settings = read_settings(data_dir).model_copy(update={"threads": threads})
    set_up_logs(settings.log_format)
    if settings.log_format == "json":
        say_by_log()
    if metrics_port is not None:
        from reid.telemetry.meters import serve_stages

        serve_stages(metrics_host, metrics_port)
    with open_catalogue(data_dir) as catalogue, Hands(settings, catalogue) as hands:
        hired = hands.worker()
        say("waiting for jobs")
        if attached:
            leave_with_parent(hired)
        with leaving_on_signals(hired):
            hired.run(until_idle=until_idle)
    say("left in good order")
