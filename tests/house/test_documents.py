"""The documents tell the truth: their links lead somewhere, and the commands they name exist."""

import re
from pathlib import Path

import pytest
from checkout_tree import ROOMS, ROOT, text, with_ending

from omnitill.cli import main

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
PICTURE = re.compile(r"<img[^>]*\ssrc=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.M | re.S)
COMMAND = re.compile(r"(?<![\w./-])(?:bin/\w+|omnitill [a-z][a-z-]+)\b")
DOCUMENTS = with_ending(".md")


def anchors(source: str) -> set[str]:
    """As a forge makes them: lower case, spaces to hyphens, all other signs dropped."""
    titles = HEADING.findall(re.sub(r"^```.*?^```", "", source, flags=re.M | re.S))
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-") for title in titles}


def dead_links(path: Path, source: str) -> list[str]:
    """Links to files or headings that are not there. The web outside is not asked."""
    dead = []
    prose = CODE.sub("", source)
    for link in LINK.findall(prose) + PICTURE.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / path).parent / name if name else ROOT / path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target.read_text())):
            dead.append(link)
    return dead


def unknown_commands(source: str) -> list[str]:
    """Commands of ours, written as code, that do not exist."""
    unknown = []
    for code in CODE.findall(source):
        for command in COMMAND.findall(code):
            words = command.split()
            known = words[1] in main.commands if len(words) > 1 else (ROOT / command).is_file()
            if not known:
                unknown.append(command)
    return unknown


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_somewhere_and_commands_exist(path: Path) -> None:
    source = text(path)
    assert not dead_links(path, source)
    assert not unknown_commands(source)


def test_a_dead_link_and_an_unknown_command_would_be_noticed() -> None:
    readme = Path("README.md")
    assert dead_links(readme, "see [the plan](docs/no-such-plan.md)") == ["docs/no-such-plan.md"]
    assert dead_links(readme, "see [floors](docs/floors.md#no-such-heading)") == ["docs/floors.md#no-such-heading"]
    assert dead_links(readme, '<img width="9" src="docs/no-such.png" alt="">') == ["docs/no-such.png"]
    assert not dead_links(readme, "see [floors](docs/floors.md#processes-of-the-demonstration)")
    assert unknown_commands("run `bin/fly` or\n```sh\nomnitill teleport --now\n```") == ["bin/fly", "omnitill teleport"]
    assert not unknown_commands("run `bin/run --lan` or `omnitill doctor`")


def test_the_readme_names_the_two_commands_and_the_floors_name_every_room() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "bin/run" in readme and "bin/test" in readme
    floors = (ROOT / "docs/floors.md").read_text()
    assert not [room for room in ROOMS if f"`{room}`" not in floors]
