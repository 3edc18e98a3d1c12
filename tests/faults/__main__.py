"""``make faults``: every row of the fault matrix as often as it says; the rows tried and the promises broken."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.rows import ROWS, Lab, tried


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--small", action="store_true", help="as often as make test does")
    parser.add_argument("--part", default="1/1", metavar="K/N", help="every Nth turn from the Kth on")
    options = parser.parse_args()
    first, step = map(int, options.part.split("/"))
    os.environ["LANGUAGE"] = "en"
    started, trials, broken = time.monotonic(), 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="gateway-faults-") as base, Lab(folder=Path(base)) as lab:
        print(f"{'fault':<76} {'server':<9} {'tried':>5} {'broken':>6} {'s':>6}")
        for row in ROWS:
            if options.only not in row.name:
                continue
            for server in row.servers:
                begun, wrong, count = time.monotonic(), Counter[str](), 0
                for turn in row.turns(small=options.small):
                    if turn.server == server and turn.number % step == first - 1:
                        count += 1
                        wrong.update(set(tried(row, lab, turn)))
                if not count:
                    continue
                trials += count
                broken.update(wrong)
                seconds = time.monotonic() - begun
                print(f"{row.name:<76} {server:<9} {count:>5} {sum(wrong.values()):>6} {seconds:>6.1f}", flush=True)
                for what, times in wrong.items():
                    print(f"    {times} x {what}", flush=True)
    print(f"rows tried: {trials}, violations: {sum(broken.values())}, {time.monotonic() - started:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
