"""What the steward's page says of names that occur in the files and were cleared."""

import pytest

from gateway.cli.review import names_cleared


@pytest.mark.parametrize(
    ("columns", "declared", "inside"),
    [
        ([], 0, 0),
        ([{"column": "workers.name", "cleared": {"declared": 3, "inside": 2}}], 3, 2),
        ([{"cleared": {"declared": 1}}, {"cleared": {"declared": 4, "inside": 1}}, {"column": "w.phone"}], 5, 1),
    ],
)
def test_it_counts_the_names_that_were_cleared_by_reason(columns, declared, inside, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    told = names_cleared({"source": {"columns": columns}})
    assert told.endswith(f"declared wording {declared}, within longer words {inside}")


def test_without_a_comparison_it_counts_none():
    assert "0" in names_cleared({})
    assert "0" in names_cleared({"source": None})
