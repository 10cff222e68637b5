"""`python tests/vectors/make_vectors.py`: writes docs/vectors anew. Read what changes before it is committed."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from engine import expected, sale_of  # noqa: E402
from worlds import FILES  # noqa: E402

FOLDER = HERE.parents[1] / "docs" / "vectors"


def text_of(name: str) -> str:
    worlds = [
        world | {"cases": [case | {"expect": expected(sale_of(world, case))} for case in world["cases"]]}
        for world in FILES[name]()
    ]
    rows = ",\n".join(json.dumps(world, ensure_ascii=False, sort_keys=True) for world in worlds)
    return f'{{"format": "omnitill-price-vectors", "version": 1, "worlds": [\n{rows}\n]}}\n'


if __name__ == "__main__":
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8")
