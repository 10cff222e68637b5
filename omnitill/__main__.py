"""`python -m omnitill` is the installed command."""

from omnitill.cli import main

main(prog_name="omnitill")
