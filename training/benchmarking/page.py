"""The page that the benchmark writes, and how busy the machine was."""

from __future__ import annotations

import os

TEXT = """# Benchmark

Written by `make bench` (`python -m training.benchmark`); do not edit.

Date {date}, commit {commit}, CPU only: {threads} threads of torch, of
onnxruntime and of OpenCV, one of BLAS. Synthetic pictures of {size} pixels.
{load}
Seconds depend on the machine and on what else it does; ratios are of one run.

*Unavoidable* is decoding, one forward pass for each animal and the features of the animal. More
passes where the species screen is in doubt, and the features of the mirrored picture and of the
other controls, are what an honest answer costs on top; the second ratio counts them too. Without
boxes the animals have to be found as well: the last ratio counts that too.

{summary}

## Comparing three sightings of three frames, with report

{compared}

## Identifying one sighting of three frames against {known} annotations

Answer: {answer}. The sighting is measured, stored and compared in the same run.

{identified}

## Stopping early

Each of two sightings asked of the same catalogue twice: one of an animal in it and one of a
stranger. A candidate that was not looked at keeps its prior in the probability.

{effort}

## One picture

Mean of {count} pictures, one at a time; MB is the most that a stage added to the process while it
ran, native libraries included (what they keep between calls is not counted again), and *kept* what
is held afterwards.

{pictures}

## Embedding in batches

Crops of 480 x 300 pixels to unit vectors in batches of 16, the best of nine rounds in turns with
the bare forward pass of the same network on numbers made ready before.

| | ms a crop | ms of processor time |
| --- | --- | --- |
| ours | {batches.ours_ms:.1f} | {batches.ours_cpu_ms:.1f} |
| bare network | {batches.bare_ms:.1f} | {batches.bare_cpu_ms:.1f} |
| **our throughput / the bare one's** | **{batches.ratio:.2f}** | {batches.cpu_ratio:.2f} |

## Search against the size of the catalogue

One store that grows through all sizes, against brute force over the same rows. *first*: share of
the queries whose nearest row was found among the neighbours asked for; *recall*: share of all
exact neighbours (6 of a descriptor, 10 of an embedding). A query picture is one embedding, or 760
descriptors. *exact* is the flat index, *ivf* the inverted file with one byte a number.

{scale}

The process that held these stores peaked at {scale_gib:.2f} GiB, laying a million rows anew
included.

## Memory

The service in a process of its own (`python -m service`) on this catalogue, {threads} threads,
after three sightings were sent ({at_once} at once), compared, reported and one of them identified:
**{service:.2f} GiB** ({how}). This benchmark's own process: {peak:.2f} GiB.
"""


def load_average() -> float:
    """Processes that wanted a core over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def load_said(load: float, cores: int) -> str:
    """How busy the machine was, and a warning where that spoils the figures."""
    said = f"Load average {load:.1f} on {cores} cores."
    if load <= cores:
        return said
    return f"**{said} The machine was busy with other work:\nrun it again on a quiet one.**"
