"""Alembic's entry: it gets an open connection from `upgrade`, or makes one for `alembic revision`."""

from alembic import context

from sync_server.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
