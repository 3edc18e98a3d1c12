"""What the room's door and Great Expectations load, seen from a fresh process."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

DOOR = """
import json, sys
import gateway.quality
print(json.dumps([m for m in ("great_expectations", "pandas", "jinja2", "scipy") if m in sys.modules]))
"""

LIBRARY = """
import json, logging, os, socket, sys, warnings
def refuse(*args, **kwargs):
    raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
import pandas as pd
from gateway.quality import run_suite
before = (warnings.showwarning, list(warnings.filters))
suite = {"name": "s", "meta": {"zh": "a", "en": "a", "about": "table"}, "expectations": [
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "n", "min_value": 0},
     "meta": {"id": "a", "zh": "a", "en": "a", "topic": "ranges", "severity": "blocking"}},
    {"type": "expect_column_kl_divergence_to_be_less_than",
     "kwargs": {"column": "n", "partition_object": {"values": [1], "weights": [1.0]}, "threshold": 1},
     "meta": {"id": "b", "zh": "a", "en": "a", "topic": "ranges", "severity": "blocking"}}]}
frame = pd.DataFrame({"n": pd.array([1], dtype="Int64")})
only = {**suite, "expectations": suite["expectations"][:1]}
first = run_suite(only, frame).success
loaded = [m for m in ("altair", "scipy.stats") if m in sys.modules]
sources = "great_expectations.datasource.fluent."
sources = sorted(m[len(sources):] for m in sys.modules if m.startswith(sources) and m.endswith("_datasource"))
same = before == (warnings.showwarning, list(warnings.filters))
both = run_suite(suite, frame).success
print(json.dumps({
    "first": first, "loaded": loaded, "sources": sources, "both": both,
    "real": hasattr(sys.modules["scipy.stats"], "norm"),
    "analytics": os.environ["GX_ANALYTICS_ENABLED"],
    "same": same,
    "others": [h.__class__.__name__ for h in logging.getLogger().handlers],
}))
"""


def run(code, cwd):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_door_is_light(tmp_path):
    assert run(DOOR, tmp_path) == []


def test_great_expectations_is_quiet_and_its_idle_half_is_not_loaded(tmp_path):
    found = run(LIBRARY, tmp_path)
    assert found["first"]
    assert found["loaded"] == []
    assert found["sources"] == ["invalid_datasource", "pandas_datasource"]
    assert found["both"]
    assert found["real"]
    assert found["analytics"] == "False"
    assert found["same"]
    assert found["others"] == []
    assert list(tmp_path.iterdir()) == []
