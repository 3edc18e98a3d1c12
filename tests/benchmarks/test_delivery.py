"""The benchmark of deliveries runs: all three senders, every figure. What it measures is not a matter for a test."""

from pathlib import Path

import pytest

from benchmarks.delivery import CIPHER, measure


def test_the_benchmark_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure(200_000, 1, tmp_path)
    told = capsys.readouterr().out
    for name in ("gateway, sending", CIPHER.partition("@")[0], "paramiko put", "read-back", "x sftp"):
        assert name in told
