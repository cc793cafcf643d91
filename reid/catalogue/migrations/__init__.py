"""Alembic's folder; run by ``reid.catalogue.migrate``."""
