"""Arrow does without pandas where a process asks for it; nobody else is kept from it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
from gateway.base import memory
if {frugal}:
    memory.frugal()
memory.without_pandas()
import pyarrow as pa
made = pa.array([1, 2]).to_pylist()
loaded = "pandas" in sys.modules
import pandas as pd
print(json.dumps([made, loaded, int(pd.DataFrame({{"n": [1, 2]}})["n"].sum())]))
"""


def run(*, frugal: bool) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(frugal=frugal)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[object] = json.loads(done.stdout)
    return found


def test_a_frugal_process_makes_arrays_without_pandas_and_still_gets_it_when_it_asks() -> None:
    assert run(frugal=True) == [[1, 2], False, 3]


def test_any_other_process_is_left_alone() -> None:
    assert run(frugal=False) == [[1, 2], True, 3]
