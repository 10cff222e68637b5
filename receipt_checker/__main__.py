"""`python -m receipt_checker [FILE]` checks sales, one a line, of a file or standard input; exits 1 if one is wrong."""

import json
import sys
from pathlib import Path

from receipt_checker.check import faults

text = Path(sys.argv[1]).read_text("utf-8") if len(sys.argv) > 1 else sys.stdin.read()
wrong = False
for sale in map(json.loads, text.splitlines()):
    found = faults(sale)
    wrong = wrong or bool(found)
    print(f"{sale.get('number', '')}: {'; '.join(found) or 'every amount agrees'}")
sys.exit(wrong)
