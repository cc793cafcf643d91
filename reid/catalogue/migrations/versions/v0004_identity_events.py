"""Who is who becomes a history of decisions; what was said before is its beginning."""

from __future__ import annotations

import json
from typing import Any

from alembic import op
from sqlalchemy import JSON, Connection, Integer, PrimaryKeyConstraint, Text, column, table, text

from reid.catalogue.migrations.columns import CODE, KEY, NAME, TIME, link, may, must, number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VALUE = JSON(none_as_null=True)
BEFORE = "(before the history began)"


def upgrade() -> None:
    """Up."""
    make_tables()
    tell_again(op.get_bind())
    op.drop_table("identifications")


def make_tables() -> None:
    """Names, events, changes, facts."""
    op.create_table(
        "individual_names",
        must("name", Text),
        must("individual_id", KEY),
        PrimaryKeyConstraint("name"),
        link("individual_id", "individuals.id"),
    )
    op.create_table(
        "identity_events",
        must("id", KEY),
        must("at", TIME),
        must("by", Text),
        must("why", Text),
        must("kind", NAME),
        must("told", JSON),
        must("shown", JSON),
        must("seen", JSON),
        PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "identity_changes",
        must("event_id", KEY),
        must("subject", Text),
        must("position", Integer),
        must("role", CODE),
        may("before", VALUE),
        must("before_writer", KEY),
        may("after", VALUE),
        must("after_writer", KEY),
        PrimaryKeyConstraint("event_id", "subject"),
        link("event_id", "identity_events.id"),
    )
    op.create_table(
        "identity_facts",
        must("subject", Text),
        must("kind", CODE),
        may("sighting_id", Text),
        may("individual_id", KEY),
        may("value", VALUE),
        must("writer", KEY),
        must("version", KEY),
        PrimaryKeyConstraint("subject"),
    )
    op.create_index("ix_individual_names_individual_id", "individual_names", ["individual_id"])
    op.create_index("ix_identity_events_at", "identity_events", ["at"])
    op.create_index("ix_identity_changes_subject", "identity_changes", ["subject", "event_id"])
    for name in ("kind", "sighting_id", "individual_id"):
        op.create_index(f"ix_identity_facts_{name}", "identity_facts", [name])


def tell_again(connection: Connection) -> None:
    """Every identification as an event; individuals that none made are made first."""
    history = History()
    individuals = connection.execute(text("SELECT id, name, created_at FROM individuals")).all()
    names = {row.id: row.name for row in individuals}
    old = connection.execute(text("SELECT * FROM identifications ORDER BY id")).all()
    firsts = {row.individual_id: row.kind for row in reversed(old)}
    waiting = [row for row in individuals if firsts.get(row.id) != "new"]
    waiting.sort(key=lambda row: (row.created_at, row.id))
    made: set[int] = set()
    for row in old:
        for one in [w for w in waiting if w.created_at <= row.at or w.id == row.individual_id]:
            history.make(one.created_at, one.id, names, (), BEFORE, "")
            made.add(one.id)
            waiting.remove(one)
        if row.kind == "new" and row.individual_id not in made:
            history.make(row.at, row.individual_id, names, (row.sighting_id,), row.by, row.why)
            made.add(row.individual_id)
        else:
            history.place(row, names)
    for one in waiting:
        history.make(one.created_at, one.id, names, (), BEFORE, "")
    for name, individual_id in ((n, i) for i, n in names.items()):
        history.names.append({"name": name, "individual_id": individual_id})
    history.write(connection)


class History:
    """Events, changes and facts as they are gathered; times never go back."""

    def __init__(self) -> None:
        self.names: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.facts: dict[str, dict[str, Any]] = {}

    def make(
        self,
        at: str,
        who: int,
        names: dict[int, str],
        sightings: tuple[str, ...],
        by: str,
        why: str,
    ) -> None:
        """A new individual with its first sighting, if it had one."""
        told = {"sightings": list(sightings), "name": names[who], "note": ""}
        self._event(at, by, why, "new-individual", told)
        self._set("individual", str(who), {"name": names[who], "merged_into": None}, who)
        for sighting in sightings:
            self._belong(sighting, who)

    def place(self, row: Any, names: dict[int, str]) -> None:
        """A sighting confirmed or withdrawn."""
        told: dict[str, Any] = {"sighting": row.sighting_id}
        if row.kind == "withdrawn":
            self._event(row.at, row.by, row.why, "withdraw", told)
            self._belong(row.sighting_id, None)
            return
        told["individual"] = names[row.individual_id]
        self._event(row.at, row.by, row.why, "confirm", told)
        self._belong(row.sighting_id, row.individual_id)

    def _event(self, at: str, by: str, why: str, kind: str, told: dict[str, Any]) -> None:
        at = max(at, self.events[-1]["at"]) if self.events else at
        said = {"at": at, "by": by, "why": why, "kind": kind, "told": told}
        self.events.append({"id": len(self.events) + 1, **said, "shown": {}, "seen": {}})
        self.position = 0

    def _belong(self, sighting: str, who: int | None) -> None:
        before = self.facts.get(_subject("sighting", sighting))
        self._set("sighting", sighting, {"individual": who, "identifiable": True}, who)
        was = None if before is None else before["individual_id"]
        for one in {was, who} - {None}:
            self._touch(_subject("individual", str(one)))

    def _set(self, kind: str, key: str, value: dict[str, Any], who: int | None) -> None:
        subject, event = _subject(kind, key), len(self.events)
        before = self.facts.get(subject, {"value": None, "writer": 0})
        self._change(subject, "set", before, {"value": value, "writer": event})
        self.facts[subject] = {
            "subject": subject,
            "kind": kind,
            "sighting_id": key if kind == "sighting" else None,
            "individual_id": who,
            "value": value,
            "writer": event,
            "version": event,
        }

    def _touch(self, subject: str) -> None:
        held = self.facts[subject]
        if held["version"] < len(self.events):
            self._change(subject, "touch", held, held)
            held["version"] = len(self.events)

    def _change(self, subject: str, role: str, before: Any, after: Any) -> None:
        self.changes.append(
            {
                "event_id": len(self.events),
                "subject": subject,
                "position": self.position,
                "role": role,
                "before": before["value"],
                "before_writer": before["writer"],
                "after": after["value"],
                "after_writer": after["writer"],
            }
        )
        self.position += 1

    def write(self, connection: Connection) -> None:
        """Into the tables."""
        rows = {
            "individual_names": self.names,
            "identity_events": self.events,
            "identity_changes": self.changes,
            "identity_facts": list(self.facts.values()),
        }
        json_columns = {"told", "shown", "seen", "before", "after", "value"}
        for name, values in rows.items():
            if values:
                columns = [column(c, VALUE if c in json_columns else None) for c in values[0]]
                connection.execute(table(name, *columns).insert(), values)


def _subject(kind: str, key: str) -> str:
    return json.dumps([kind, key], ensure_ascii=False, separators=(",", ":"))


def downgrade() -> None:
    """Down: who is who now stays, how it came to be is forgotten."""
    op.create_table(
        "identifications",
        number(),
        must("sighting_id", Text),
        must("individual_id", KEY),
        must("kind", CODE),
        must("by", Text),
        must("why", Text),
        must("at", TIME),
        link("sighting_id", "sightings.id"),
        link("individual_id", "individuals.id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identifications_individual_id", "identifications", ["individual_id"])
    op.create_index("ix_identifications_sighting_id", "identifications", ["sighting_id"])
    op.execute(
        text(
            'INSERT INTO identifications (sighting_id, individual_id, kind, "by", why, at) '
            "SELECT f.sighting_id, f.individual_id, 'confirmed', e.\"by\", e.why, e.at "
            "FROM identity_facts f JOIN identity_events e ON e.id = f.writer "
            "WHERE f.kind = 'sighting' AND f.individual_id IS NOT NULL ORDER BY e.id"
        )
    )
    for name in ("identity_facts", "identity_changes", "identity_events", "individual_names"):
        op.drop_table(name)
