"""What a terminal has to be told, checked all at once."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """`data` is the terminal's own folder, `token` what the hub gave it; addresses as in hardware/README.md."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["till", "kiosk"]
    data: Path
    port: int = Field(ge=0, le=65_000)
    hub: str = Field(pattern=r"^https?://[^/]+/?$")
    terminal: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    token: str = Field(max_length=512)
    scanners: tuple[str, ...] = ()
    printer: str = ""
    language: Literal["en", "ru"] = "en"
    demo: bool = False
