"""How a hub is set up: by options, or by environment variables that start with OMNITILL_HUB_."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

PORTS_TRIED_MAX = 50


class Settings(BaseSettings):
    """Everything that differs from one hub to the next."""

    model_config = SettingsConfigDict(env_prefix="OMNITILL_HUB_", frozen=True)

    data: Path = Path(".omnitill/hub")
    """Folder of the embedded database."""

    database: str = ""
    """An SQLAlchemy address of a PostgreSQL database; empty for SQLite in `data`."""

    host: str = "127.0.0.1"
    port: int = 8400
    """The first port to try; a busy one moves to the next."""

    storefront: str = "storefront.blueprint:storefront_blueprint"
    """What makes the online shop's pages, by its dotted name: the hub does not import the shop. Empty for none."""

    seed_sample: bool = False
    """Fill an empty database with the sample shop at the start."""
