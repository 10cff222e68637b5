"""What a terminal has to be told, checked all at once."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """`data` is the terminal's own folder, which also knows who the terminal is; `hub` is empty for the one that it was
    set up at; without `set_up_page` a folder that belongs to nobody is refused; addresses as in hardware/README.md."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["till", "kiosk"]
    data: Path
    port: int = Field(ge=0, le=65_000)
    hub: str = Field(default="", pattern=r"^(https?://[^/]+/?)?$")
    set_up_page: bool = True
    scanners: tuple[str, ...] = ()
    printer: str = ""
    language: Literal["en", "ru"] = "en"
    demo: bool = False
