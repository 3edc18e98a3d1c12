"""Months and their total, released one after another into a history: from the second on, all of it is certified as one
table."""

import json
import random
import subprocess
import sys
from pathlib import Path

DECLARATION = """
format = "gateway-protect/1"
model = "business"
group = "firm"
value = "value"

[[dimensions]]
name = "month"
levels = ["month_code"]
shown = ["{shown}"]

[[dimensions]]
name = "region"
levels = ["county", "town"]

[[dimensions]]
name = "industry"
levels = ["section"]
"""


def gateway(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout or done.stderr


def month(code: str, seed: int) -> str:
    chance = random.Random(seed)
    rows = [
        f"f{firm},{code},c{town // 3},t{town},s{chance.randrange(4)},{100 + int(900 * chance.paretovariate(1.2))}"
        for firm in range(60)
        for town in chance.sample(range(9), 1 + firm % 3)
    ]
    return "\n".join(["firm,month_code,county,town,section,value", *rows]) + "\n"


def test_every_release_is_certified_together_with_those_before(tmp_path: Path) -> None:
    for shown in ("month_code", "Total"):
        (tmp_path / f"{shown}.toml").write_text(DECLARATION.format(shown=shown), encoding="utf-8")
    (tmp_path / "m1.csv").write_text(month("m1", 1), encoding="utf-8")
    (tmp_path / "m2.csv").write_text(month("m2", 2), encoding="utf-8")
    (tmp_path / "none.csv").write_text("firm,month_code,county,town,section,value\n", encoding="utf-8")
    history = ["--history", str(tmp_path / "siping.history")]
    spec = str(tmp_path / "month_code.toml")
    steps = [
        ("m1", spec, ["--begin-history"]),
        ("m2", spec, []),
        ("none", str(tmp_path / "Total.toml"), []),
    ]
    for name, declared, more in steps:
        out = tmp_path / f"out-{name}"
        command = ["protect", str(tmp_path / f"{name}.csv"), "--spec", declared, "--out", str(out), "--release", name]
        code, told = gateway(*command, *history, *more, "--json")
        assert code == 0, told
        certificate = json.loads(told)["certificate"]
        folder = out if name == "m1" else out / "together"
        assert certificate == str(folder / "certificate.secret.json")
        joint = (declared, str(tmp_path / "m1.csv"))
        if name != "m1":
            joint = (str(folder / "declaration.toml"), str(folder / "contributors.csv"))
        code, told = gateway("verify", str(folder), "--secret", certificate, "--spec", joint[0], "--cells", joint[1])
        assert code == 0, told
    months = (tmp_path / "out-none" / "together" / "cells.csv").read_text(encoding="utf-8")
    assert {line.split(",")[0] for line in months.splitlines()[1:]} == {"m1", "m2", "Total"}
    assert not list(tmp_path.rglob("*.staged"))


def test_a_name_is_used_once_and_anyone_reads_how_narrow_a_withheld_cell_is(tmp_path: Path) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text(DECLARATION.format(shown="month_code"), encoding="utf-8")
    (tmp_path / "m1.csv").write_text(month("m1", 1), encoding="utf-8")
    run = [
        "protect",
        str(tmp_path / "m1.csv"),
        "--spec",
        str(spec),
        "--history",
        str(tmp_path / "h"),
        "--release",
        "m1",
    ]
    code, said = gateway(*run, "--out", str(tmp_path / "out"), "--begin-history")
    assert code == 0, said
    code, said = gateway(*run, "--out", str(tmp_path / "again"))
    assert code == 10
    assert "m1" in said
    assert not (tmp_path / "again").exists()
    public = tmp_path / "public.toml"
    public.write_text(spec.read_text(encoding="utf-8"), encoding="utf-8")
    code, said = gateway("verify", str(tmp_path / "out"), "--spec", str(public), "--intervals", str(tmp_path / "i.csv"))
    assert code == 18, said  # these codes do not begin like those above them
    public_rows = ["--cells", str(tmp_path / "m1.csv"), "--intervals", str(tmp_path / "i.csv")]
    code, said = gateway("verify", str(tmp_path / "out"), "--spec", str(public), *public_rows)
    assert code == 0, said
    rows = [line.split(",") for line in (tmp_path / "i.csv").read_text(encoding="utf-8").splitlines()]
    withheld = [
        line for line in (tmp_path / "out" / "published.csv").read_text("utf-8").splitlines() if line[-1] == "C"
    ]
    assert rows[0] == ["codes", "least", "most"]
    assert len(rows) - 1 == len(withheld) > 0
    assert all(not most or float(least) < float(most) for _, least, most in rows[1:])


def test_a_cell_may_be_missing_only_where_releases_list_some_cells(tmp_path: Path) -> None:
    """Months and then their total list all cells of their levels together: the verifier asks for every one of them."""
    for shown in ("month_code", "Total"):
        (tmp_path / f"{shown}.toml").write_text(DECLARATION.format(shown=shown), encoding="utf-8")
    (tmp_path / "m1.csv").write_text(month("m1", 1), encoding="utf-8")
    (tmp_path / "none.csv").write_text("firm,month_code,county,town,section,value\n", encoding="utf-8")
    (tmp_path / "m2.csv").write_text(month("m2", 2), encoding="utf-8")
    partial = []
    for kept, second in (("whole", "none"), ("some", "m2")):
        history = ["--history", str(tmp_path / f"{kept}.history"), "--begin-history"]
        for name, shown in (("m1", "month_code"), (second, "Total")):
            run = ["protect", str(tmp_path / f"{name}.csv"), "--spec", str(tmp_path / f"{shown}.toml"), *history]
            code, said = gateway(*run, "--release", name, "--out", str(tmp_path / kept / name))
            assert code == 0, said
            history = history[:2]
        partial.append(
            "partial = true" in (tmp_path / kept / second / "together" / "declaration.toml").read_text("utf-8")
        )
    assert partial == [False, True]
