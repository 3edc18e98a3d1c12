"""``audit``: what a published pattern leaves unprotected, and ``gateway verify --secret`` on what ``protect`` wrote."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.base.errors import DisclosureError
from gateway.base.toml import load_toml
from gateway.disclosure import Declaration, audit, protect
from gateway.model.cells import Status

DECLARATION = """
format = "gateway-protect/1"
model = "business"
group = "firm"
value = "value"

[[dimensions]]
name = "region"
levels = ["county"]

[[dimensions]]
name = "industry"
levels = ["section"]

[rules]
minimum_groups = 3
p_percent = 15
"""


def records() -> dict[str, list[str]]:
    """Four counties by four sections: many firms everywhere but two in one place."""
    rows = [
        (f"f{c}{s}{k}", f"c{c}", f"s{s}", str(100 + 7 * k + 13 * c + 29 * s))
        for c in range(4)
        for s in range(4)
        for k in range(2 if (c, s) == (1, 2) else 5)
    ]
    return dict(zip(("firm", "county", "section", "value"), map(list, zip(*rows, strict=True)), strict=True))


@pytest.fixture
def spec(tmp_path: Path) -> Declaration:
    (tmp_path / "table.toml").write_text(DECLARATION, encoding="utf-8")
    return load_toml(tmp_path / "table.toml", Declaration)


def published(spec: Declaration, hidden: set[Status]) -> dict[str, list[str]]:
    cells = protect(records(), spec).cells
    names = [axis.name for axis in spec.dimensions]
    columns = {name: [cell.place[at] for cell in cells] for at, name in enumerate(names)}
    return columns | {"mark": ["C" if cell.status in hidden else "A" for cell in cells]}


def test_what_protect_gives_stands(spec: Declaration) -> None:
    assert audit(published(spec, {Status.PRIMARY, Status.SECONDARY}), records(), spec) == []


def test_a_lone_primary_cell_is_found(spec: Declaration) -> None:
    assert audit(published(spec, {Status.PRIMARY}), records(), spec) == [("c1", "s2")]


def test_a_sensitive_cell_that_is_shown_is_found(spec: Declaration) -> None:
    assert ("c1", "s2") in audit(published(spec, set()), records(), spec)


def test_a_missing_cell_is_refused(spec: Declaration) -> None:
    table = {name: column[1:] for name, column in published(spec, {Status.PRIMARY}).items()}
    with pytest.raises(DisclosureError):
        audit(table, records(), spec)


def test_verify_rechecks_the_secret_certificate_and_finds_an_edit_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "table.toml").write_text(DECLARATION, encoding="utf-8")
    columns = records()
    lines = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    gateway = [sys.executable, "-m", "gateway"]
    table = ["--spec", str(tmp_path / "table.toml")]
    done = subprocess.run(
        [*gateway, "protect", str(tmp_path / "rows.csv"), *table, "--out", str(tmp_path / "out"), "--json"]
    )
    assert done.returncode == 0
    secret = tmp_path / "out" / "certificate.secret.json"
    check = [
        *gateway,
        "verify",
        str(tmp_path / "out"),
        "--secret",
        str(secret),
        *table,
        "--cells",
        str(tmp_path / "rows.csv"),
        "--json",
    ]
    found = subprocess.run(check, capture_output=True, check=True)
    assert json.loads(found.stdout)["valid"]
    for gone, check_name in ((tmp_path / "out" / "certificate.json", "public"), (secret, "certificate")):
        kept = gone.read_bytes()
        gone.unlink()
        told = json.loads(subprocess.run(check, capture_output=True).stdout)
        assert (told["checks"][-1]["name"], told["checks"][-1]["passed"]) == (check_name, False)
        assert gone.name in told["checks"][-1]["reason"]
        gone.write_bytes(kept)
    document = json.loads(secret.read_bytes())
    document["cells"]["published"] += 1
    secret.write_bytes(json.dumps(document).encode())
    assert subprocess.run(check, capture_output=True).returncode == 18
