"""Who is who: individuals, and the events that say which sighting is whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reid.catalogue.schema.base import Base, IsoTime, Key


class IndividualRow(Base):
    """A known animal."""

    __tablename__ = "individuals"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text, unique=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(IsoTime)


class IdentificationRow(Base):
    """An event, only ever appended: the last one of a sighting says who it is."""

    __tablename__ = "identifications"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"), index=True)
    individual_id: Mapped[int] = mapped_column(ForeignKey("individuals.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(IsoTime)

    individual: Mapped[IndividualRow] = relationship(lazy="joined", innerjoin=True)
