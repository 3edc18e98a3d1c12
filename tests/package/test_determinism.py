"""The same tables give the same bytes: again, in another process, with another hash seed, locale and time zone."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.base.canonical import digest
from gateway.package import dictionary_csv, metadata, table_csv, workbook

SCRIPT = """
import runpy, sys
from gateway.base.canonical import digest
from gateway.package import dictionary_csv, metadata, table_csv, workbook
s = runpy.run_path(sys.argv[1])["build_sample"]()
print(digest(workbook(s.tables, s.hierarchies, s.period, s.cover)))
print(digest(b"".join(table_csv(t, s.hierarchies, s.period) for t in s.tables)))
print(digest(dictionary_csv(s.specs, s.hierarchies)))
print(digest(metadata(s.specs, s.hierarchies)))
"""


def elsewhere(seed: str, locale: str, zone: str) -> list[str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    environ = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANGUAGE": "", "TZ": zone, "PYTHONPATH": paths}
    conftest = Path(__file__).with_name("conftest.py")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, conftest], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_two_processes_make_the_same_bytes(sample):
    here = [
        digest(workbook(sample.tables, sample.hierarchies, sample.period, sample.cover)),
        digest(b"".join(table_csv(table, sample.hierarchies, sample.period) for table in sample.tables)),
        digest(dictionary_csv(sample.specs, sample.hierarchies)),
        digest(metadata(sample.specs, sample.hierarchies)),
    ]
    assert elsewhere("1", "C.UTF-8", "UTC") == here
    assert elsewhere("2", "zh_CN.UTF-8", "Asia/Shanghai") == here
