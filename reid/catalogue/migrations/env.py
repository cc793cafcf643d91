"""What Alembic runs: always on a connection that the catalogue has opened."""

from alembic import context

from reid.catalogue.revise import render_item
from reid.catalogue.schema import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can alter tables only by copying them, and its DDL is transactional as we begin it.
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
