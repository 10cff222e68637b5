"""How a hub is set up: by options, or by environment variables that start with OMNITILL_HUB_."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from retail.errors import N_, RetailError

PORTS_TRIED_MAX = 50
WORKERS_MAX = 64

ANSWER_LIMIT_S = 5.0
"""So long does a worker that ends wait, before and after it hangs up, for what it is working on."""

HANG_UP_LIMIT_S = 3.0
DRAIN_LIMIT_S = 2 * ANSWER_LIMIT_S + HANG_UP_LIMIT_S
"""A worker ends within this time, whatever its clients do."""


class SetUpRefused(RetailError):
    """Settings that do not fit together; the hub does not start."""

    code = "hub.set_up"


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

    workers: int = Field(default=1, ge=1, le=WORKERS_MAX)
    """Processes that share the port. More than one needs PostgreSQL and a bus."""

    bus: str = ""
    """Address of the Redis through which workers ring one another, such as `redis://127.0.0.1:6379/0`."""

    bus_name: str = "omnitill"
    """What keeps the hubs of several shops apart at one Redis."""

    behind_proxy: bool = False
    """Believe `X-Forwarded-For` and `-Proto`: only where every request comes through a proxy that sets them."""

    code_key: SecretStr = SecretStr("")
    """The secret for codes of coupons and gift cards, 64 hexadecimal digits; empty for `codes.key` in `data`. Workers
    on several machines need the same one."""

    storefront: str = "storefront.blueprint:storefront_blueprint"
    """What makes the online shop's pages, by its dotted name: the hub does not import the shop. Empty for none."""

    seed_sample: bool = False
    """Fill an empty database with the sample shop at the start."""

    def check(self) -> None:
        """Refuse what does not fit together, in a sentence that says what is missing."""
        if self.workers > 1 and not self.database.startswith("postgresql"):
            raise SetUpRefused(
                None,
                N_(
                    "{workers} workers need PostgreSQL: SQLite has one writer. Name one with --database, or use one"
                    " worker."
                ),
                workers=self.workers,
            )
        if self.workers > 1 and not self.bus:
            raise SetUpRefused(
                None,
                N_("{workers} workers need a bus to hear of one another. Name a Redis with --bus, or use one worker."),
                workers=self.workers,
            )
        if self.bus and not self.bus.startswith(("redis://", "rediss://", "unix://")):
            raise SetUpRefused(
                None, N_("The bus {bus} is not known. Name a Redis, such as redis://127.0.0.1:6379/0."), bus=self.bus
            )
