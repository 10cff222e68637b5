"""Every sentence of the room stands in both languages."""

from pathlib import Path

import pos_terminal
from ui_kit.messages import missing


def test_every_sentence_of_the_terminal_has_its_russian() -> None:
    assert missing(Path(pos_terminal.__path__[0])) == []
