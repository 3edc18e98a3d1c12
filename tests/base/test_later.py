"""A stage's libraries are not loaded by the stages before it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.base.later import later

ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
import gateway.release.build.corridor, gateway.release.sending.delivering
late = ("scipy", "highspy", "pandas", "ibis", "duckdb", "great_expectations", "presidio_analyzer", "jinja2")
print(json.dumps([name for name in late if name in sys.modules]))
"""


def test_a_month_begins_without_the_libraries_of_its_later_stages() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_module_is_there_when_something_of_it_is_used() -> None:
    assert later("fractions").Fraction(1, 2) == 0.5


def test_one_that_is_not_installed_is_missed_on_first_use() -> None:
    missing = later("gateway.no_such_module")
    with pytest.raises(ImportError):
        _ = missing.anything


LEAN = """
import json, sys
from gateway.base.later import lean_numpy
lean_numpy()
import numpy, scipy.sparse, scipy.sparse.csgraph
unused = [name for name in ("numpy.f2py", "numpy.testing", "unittest") if name in sys.modules]
numpy.testing.assert_allclose(1, 1)
import numpy.testing
print(json.dumps([unused, "numpy.testing" in sys.modules, numpy.testing is sys.modules["numpy.testing"]]))
"""


def test_scipy_loads_no_tools_of_numpy_and_they_are_there_for_who_uses_them() -> None:
    done = subprocess.run([sys.executable, "-c", LEAN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], True, True]
