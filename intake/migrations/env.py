"""Alembic's entry: runs the migrations on the connection it was handed, inside that connection's transaction."""

from alembic import context

from intake.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
