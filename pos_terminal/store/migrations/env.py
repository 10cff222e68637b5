"""Alembic's door: the connection is given by `pos_terminal.store.engine`, which has opened the transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
