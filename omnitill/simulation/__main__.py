"""`bin/sim`: many seeds as one JSON line, one seed as a story, or the search for a planted fault."""

import gc
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from omnitill.simulation.memory import hub_template
from omnitill.simulation.run import PLANTS, Outcome, hunt, quiet, simulate

SEEDS_AT_ONCE = 10
FAILED_SHOWN_MAX = 20


def _part(seeds: list[int]) -> list[Outcome]:
    # What a run leaves is collected after some runs: it is a sixth of the time otherwise.
    gc.disable()
    outcomes = [simulate(seed) for seed in seeds]
    gc.collect()
    return outcomes


def _prepare() -> None:
    """Made before the processes part, so that each of them has it."""
    quiet()
    hub_template()


def outcomes_of(seeds: Iterable[int], processes: int) -> Iterator[Outcome]:
    """Play the seeds in so many processes; the outcomes come as they are done."""
    waiting = list(seeds)
    parts = [waiting[first : first + SEEDS_AT_ONCE] for first in range(0, len(waiting), SEEDS_AT_ONCE)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for part in pool.imap_unordered(_part, parts):
            yield from part


def _many(first: int, count: int) -> int:
    began = time.monotonic()
    faults: Counter[str] = Counter()
    acknowledged = lost = doubled = 0
    failed: list[int] = []
    played = outcomes_of(range(first, first + count), os.cpu_count() or 1)
    with click.progressbar(played, length=count, label="seeds", file=sys.stderr) as bar:
        for outcome in bar:
            acknowledged += outcome.acknowledged
            faults.update(outcome.faults)
            lost, doubled = lost + outcome.findings.lost, doubled + outcome.findings.doubled
            if outcome.wrong:
                failed.append(outcome.seed)
    row = {
        "seeds": count,
        "operations_acknowledged": acknowledged,
        "faults_injected": dict(sorted(faults.items())),
        "lost": lost,
        "doubled": doubled,
        "failed": len(failed),
        "failed_seeds": sorted(failed)[:FAILED_SHOWN_MAX],
        "seconds": round(time.monotonic() - began, 1),
    }
    click.echo(json.dumps(row))
    return 1 if failed or lost or doubled else 0


def _one(seed: int, plant: str) -> int:
    outcome = simulate(seed, plant, click.echo)
    click.echo(f"seed {seed}: {len(outcome.wrong)} promises broken, fingerprint {outcome.fingerprint}")
    return 1 if outcome.wrong else 0


def _search(plant: str, first: int) -> int:
    found = hunt(plant, first)
    row = {"plant": plant, "found": found is not None}
    if found is not None:
        row |= {"seed": found.seed, "wrong": found.wrong[0][:200]}
    click.echo(json.dumps(row))
    return 0 if found else 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", type=click.IntRange(1), help="Play so many on all cores: one JSON line.")
@click.option("--seed", type=int, help="Play one seed and tell everything that happens.")
@click.option("--first", type=int, default=1, show_default=True, help="The first of the seeds.")
@click.option("--plant", type=click.Choice([*PLANTS, "all"]), help="Build a fault in and say which seed finds it.")
def main(seeds: int | None, seed: int | None, first: int, plant: str | None) -> None:
    """A whole shop in one thread, with a network that fails and processes that die. The same seed is the same run.

    \b
    Example:
      bin/sim --seeds 10000
      bin/sim --seed 4711
      bin/sim --plant no_seq_check
    """
    _prepare()
    if seed is not None:
        sys.exit(_one(seed, "" if plant in (None, "all") else str(plant)))
    if plant is not None:
        sys.exit(max(_search(one, first) for one in (PLANTS if plant == "all" else [plant])))
    sys.exit(_many(first, seeds or 100))


if __name__ == "__main__":
    main()
