"""A process of its own that appends: ``writer.py LEDGER once`` waits for a line and appends on the head it was given;
``writer.py LEDGER many`` appends twenty times on whichever head is there;
``writer.py LEDGER on`` appends until it is killed, telling each new length after it was reported."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.base.errors import IntegrityError
from gateway.ledger import Ledger
from gateway.model.documents import LedgerHead


def append(ledger: Ledger, expect: LedgerHead | None) -> LedgerHead:
    now = datetime.now(UTC)
    return ledger.append("keys.rotated", actor="operator-a", body={"note": "x" * 400}, at=now, expect=expect)


def main(path: str, how: str) -> None:
    ledger = Ledger(Path(path))
    head = ledger.head()
    print("ready", flush=True)
    if how == "once":
        sys.stdin.readline()
        try:
            print("won", append(ledger, head).length, flush=True)
        except IntegrityError as error:
            print("lost", int(error.exit), flush=True)
        return
    if how == "many":
        sys.stdin.readline()
        for _ in range(20):
            append(ledger, None)
        return
    while True:
        head = append(ledger, head)
        print(head.length, flush=True)


main(sys.argv[1], sys.argv[2])
