"""`omnitill demo`: opens the shop in a terminal and keeps it open until Ctrl-C."""

import asyncio
from pathlib import Path

import click
from rich.console import Console

from omnitill import invitation
from omnitill.datafolder import DataFolder, FolderRefused
from omnitill.demo import COMMANDS, Commands, Demonstration, Settings, run
from omnitill.processes import NotReady


def main(
    data: Path, port: int, *, lan: bool = False, reset: bool = False, ask: bool = True, commands: Commands = COMMANDS
) -> int:
    """Answers the exit code: 0 after a wished end, 1 where the shop could not open, 2 where the folder is refused."""
    console = Console()
    try:
        folder = DataFolder(data)
    except FolderRefused as refusal:
        console.print(str(refusal), style="red", highlight=False)
        return 2
    try:
        if reset:
            if ask and not click.confirm(f"Delete everything that was kept in {folder.path}?", default=False):
                console.print("Nothing was deleted.")
                return 0
            folder.empty()
        settings = Settings(folder.path, (port, port + 1, port + 2, port + 3), lan, commands)
        console.print("Opening the shop ...")
        asyncio.run(
            run(settings, folder, lambda event: invitation.tell(console, event), lambda shop: _opened(console, shop))
        )
    except NotReady as error:
        console.print(
            f"The shop did not open: {error}. The logs are in {folder.path / 'logs'}; "
            "`omnitill doctor` looks for the usual causes.",
            style="red",
            highlight=False,
        )
        return 1
    finally:
        folder.release()
    console.print("The shop is closed; everything is kept.")
    return 0


def _opened(console: Console, shop: Demonstration) -> None:
    lan_url = None
    if shop.settings.lan:
        address = invitation.lan_address()
        if address is None:
            console.print("[yellow]This machine is on no network, so no phone can reach it.[/yellow]")
        else:
            lan_url = f"http://{address}:{shop.supervisor.children['hub'].port}/"
    invitation.show(console, shop.addresses, str(shop.data), lan_url)
