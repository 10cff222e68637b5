"""`python -m device_bench`."""

from device_bench.cli import main

main(prog_name="python -m device_bench")
