"""Reads secr's input as read.capthist does, slowly, and refuses what it refuses.

Written from the documentation of secr 5 (read.capthist, read.traps, make.capthist, verify) and
shares no code with the exporter.
"""

from collections import Counter


def table(file):
    """R's read.table with sep = "" and comment.char = "#"."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].replace('"', " ").split()
        if fields:
            rows.append(fields)
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"{file.name}: line lengths differ")
    if not rows:
        raise ValueError("no lines available in input")
    return rows


def read_traps(file):
    """Coordinates, and usage by occasion, of every detector."""
    found = {}
    for name, x, y, *usage in table(file):
        if name in found:
            raise ValueError(f"duplicate row.names: {name}")
        found[name] = float(x), float(y), [float(u) for u in usage]
        if any(u < 0 for u in found[name][2]):
            raise ValueError("negative usage")
    if len({(x, y) for x, y, _ in found.values()}) < len(found):
        raise ValueError("two detectors at one place")
    return found


def sessions_in_order(names):
    """As make.capthist sorts them: as numbers where all are, else as text."""
    names = set(names)
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)


def read_capthist(captures, trapfiles, noccasions):
    """By session: detections as (animal, occasion, detector) with how often; and the traps."""
    rows = table(captures)
    if any(len(row) < 4 for row in rows):
        raise ValueError("too few columns")
    order = sessions_in_order(row[0] for row in rows)
    if len(order) != len(trapfiles) or len(order) != len(noccasions):
        raise ValueError("multi-session 'traps' list does not match 'captures'")
    found = {}
    for session, file, occasions in zip(order, trapfiles, noccasions, strict=True):
        traps = read_traps(file)
        own = [row[1:] for row in rows if row[0] == session and row[1] != "NONE"]
        counts = Counter((animal, int(occasion), trap) for animal, occasion, trap in own)
        verify(counts, traps, occasions)
        found[session] = counts, traps
    return found


def verify(counts, traps, occasions):
    for x, y, usage in traps.values():
        if len(usage) != occasions:
            raise ValueError(f"usage of {len(usage)} occasions, expected {occasions}")
        if not any(usage):
            raise ValueError(f"detector at {x}, {y} was never used")
    for _, occasion, trap in counts:
        if trap not in traps:
            raise ValueError(f"captures at {trap}, which is no detector")
        if not 1 <= occasion <= occasions:
            raise ValueError(f"occasion {occasion} of {occasions}")
        if not traps[trap][2][occasion - 1]:
            raise ValueError(f"detection at unused detector {trap} on occasion {occasion}")
