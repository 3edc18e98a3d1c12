"""``gateway history`` as it is typed: an empty one stated and signed, figures of before imported, values destroyed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway import cli
from gateway.disclosure import exchange
from tests.cli.desk import SPEC, Desk, as_csv, records


def history(desk: Desk, *words: str, language: str = "C.UTF-8") -> tuple[int, Any]:
    """Exit code and document of ``gateway history``."""
    command = ["gateway", "history", words[0], str(desk.history), *words[1:], "--json"]
    desk.monkeypatch.setattr(sys, "argv", command)
    desk.monkeypatch.setenv("LC_ALL", language)
    with pytest.raises(SystemExit) as end:
        cli.main()
    told = desk.capture.readouterr()
    assert "Traceback" not in told.err
    return int(end.value.code or 0), json.loads(told.out) if told.out else told.err


def months(desk: Desk, *shown: str) -> None:
    """Figures of the months (or of what is ``shown``) only."""
    levels = json.dumps(list(shown or ("month",)))
    desk.spec.write_text(SPEC.replace('levels = ["month"]', f'levels = ["month"]\nshown = {levels}'), encoding="utf-8")


def certificate(desk: Desk) -> dict[str, Any]:
    found = sorted(desk.out.rglob("certificate.json"))
    return dict(json.loads(found[-1].read_bytes()))


def signed_by_ssh_keygen(path: Path, folder: Path) -> tuple[Path, Path]:
    """The signature that ssh-keygen makes of a file, and the list of allowed signers."""
    key = folder / "operator"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "release-history", "-f", str(key), str(path)],
        check=True,
        capture_output=True,
    )
    line = (folder / "operator.pub").read_text(encoding="utf-8").rsplit(" ", 1)[0]
    signers = folder / "allowed_signers"
    signers.write_text(f'operator-1 namespaces="release-history" {line}\n', encoding="utf-8")
    return path.with_name(f"{path.name}.sig"), signers


def test_an_empty_history_is_stated_and_signed(desk: Desk, tmp_path: Path) -> None:
    code, told = history(desk, "begin")
    assert (code, told["before"], told["signed"], told["releases"]) == (0, "nothing was released", None, [])
    signature, signers = signed_by_ssh_keygen(desk.history, tmp_path)
    options = ["--signature", str(signature), "--allowed-signers", str(signers)]
    begun = desk.history.read_bytes()
    desk.history.unlink()
    exchange.begin(desk.history, "siping", imports=True)
    assert history(desk, "sign", *options)[0] == 18, "the signature is of another statement"
    desk.history.write_bytes(begun)
    code, told = history(desk, "sign", *options)
    assert (code, told["signed"]) == (0, "operator-1")
    assert desk.type("--history", str(desk.history), "--release", "2026-10")[0] == 0
    covered = certificate(desk)["history"]
    assert (covered["head"], covered["releases"], covered["signed"]) == (told["head"], 0, True)


def test_an_unsigned_history_is_called_so(desk: Desk) -> None:
    assert desk.type("--history", str(desk.history), "--begin-history")[0] == 0
    assert certificate(desk)["history"]["signed"] is False


def published_before(desk: Desk, keep: str, change: int = 0) -> Path:
    """October's totals over ``keep``, as somebody published them before there was a gateway."""
    at = {"county": 2, "section": 4}[keep]
    totals: dict[str, int] = {}
    for row in records():
        totals[row[at]] = totals.get(row[at], 0) + int(row[-1])
    places = {"county": "2026-10,{},Total", "section": "2026-10,Total,{}"}[keep]
    lines = [f"{places.format(code)},{value + change},A" for code, value in sorted(totals.items())]
    path = desk.folder / "before.csv"
    path.write_text("\n".join(["month,region,industry,value,mark", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("keep", ["county", "section"])
def test_what_was_published_before_the_gateway_stays_published(desk: Desk, keep: str) -> None:
    months(desk)
    old = published_before(desk, keep)
    code, told = history(desk, "begin", "--import", str(old), "--spec", str(desk.spec))
    assert (code, told["before"]) == (0, "what was published is imported")
    assert told["imported"] == len(old.read_text(encoding="utf-8").splitlines()) - 1
    code, said = desk.type("--history", str(desk.history), "--release", "2026-10")
    assert code == 0, said
    imported = {tuple(line.split(",")[:3]) for line in old.read_text(encoding="utf-8").splitlines()[1:]}
    new = {(row["month"], row["region"], row["industry"]) for row in desk.table("published.csv")}
    assert not imported & new, "it is not released again"
    desk.out /= "together"
    joint = {(row["month"], row["region"], row["industry"]): row["mark"] for row in desk.table("published.csv")}
    assert {joint[place] for place in imported} == {"A"}
    assert certificate(desk)["history"]["imported"] == len(imported)


def test_records_that_do_not_add_up_to_what_was_published_are_refused(desk: Desk) -> None:
    months(desk)
    old = published_before(desk, "county", change=1)
    assert history(desk, "begin", "--import", str(old), "--spec", str(desk.spec))[0] == 0
    before = desk.files()
    code, said = desk.type("--history", str(desk.history), "--release", "2026-10")
    assert code == 14
    assert "2 imported figures" in said
    assert desk.files() == before


def test_what_gives_a_cell_away_already_is_refused_with_the_reason(desk: Desk) -> None:
    """A single holding's value was published before: nothing that is withheld now takes it back."""
    months(desk)
    parts: dict[tuple[str, str], list[int]] = {}
    for row in records():
        parts.setdefault((row[3], row[4]), []).append(int(row[-1]))
    (town, section), values = next((place, values) for place, values in sorted(parts.items()) if len(values) == 1)
    old = desk.folder / "before.csv"
    old.write_text(f"month,region,industry,value,mark\n2026-10,{town},{section},{values[0]},A\n", encoding="utf-8")
    assert history(desk, "begin", "--import", str(old), "--spec", str(desk.spec))[0] == 0
    code, said = desk.type("--history", str(desk.history), "--release", "2026-10")
    assert code == 14
    assert "1 sensitive cells" in said


def test_an_import_is_read_strictly_and_once(desk: Desk) -> None:
    good = published_before(desk, "county").read_text(encoding="utf-8")
    bad = {
        "another column": good.replace("industry", "trade", 1),
        "a value in words": good.replace(",A", "x,A", 1),
        "another mark": good.replace(",A", ",R", 1),
        "a withheld value": good.replace(",A", ",C", 1),
        "a place twice": good + good.splitlines()[1] + "\n",
        "a short row": good + "2026-10,Total\n",
    }
    path = desk.folder / "before.csv"
    for why, text in bad.items():
        path.write_text(text, encoding="utf-8")
        assert history(desk, "begin", "--import", str(path), "--spec", str(desk.spec))[0] == 11, why
        assert not desk.history.exists(), why
    path.write_text(good, encoding="utf-8")
    assert history(desk, "begin", "--import", str(path), "--spec", str(desk.spec))[0] == 0
    whole = desk.history.read_bytes()
    assert history(desk, "import", "--import", str(path), "--spec", str(desk.spec))[0] == 18
    assert history(desk, "begin")[0] == 18
    assert desk.history.read_bytes() == whole


def forgotten(desk: Desk) -> tuple[Path, list[str]]:
    """October and November released, October's values destroyed; October's folder and November's recheck."""
    months(desk)
    assert desk.type("--history", str(desk.history), "--begin-history", "--release", "2026-10")[0] == 0
    october = desk.out
    desk.cells.write_bytes(as_csv(records(11)))
    desk.out = desk.folder / "november"
    assert desk.type("--history", str(desk.history), "--release", "2026-11")[0] == 0
    folder = desk.out / "together"
    check = ["verify", str(folder), "--secret", str(folder / "certificate.secret.json")]
    check += ["--spec", str(folder / "declaration.toml"), "--cells", str(folder / "contributors.csv")]
    assert history(desk, "forget", "--release", "2026-10")[0] == 0
    return october, [*check, "--history", str(desk.history), "--json"]


def test_destroyed_values_are_gone_and_their_equations_stay(desk: Desk) -> None:
    months(desk)
    assert desk.type("--history", str(desk.history), "--begin-history", "--release", "2026-10")[0] == 0
    values = [row[0].encode() for row in records()]
    assert all(value in desk.history.read_bytes() for value in values)
    assert history(desk, "forget", "--release", "2026-09")[0] == 10
    code, told = history(desk, "forget", "--release", "2026-10")
    assert (code, told["destroyed"]) == (0, ["2026-10"])
    left = desk.history.read_bytes()
    assert not any(value in left for value in values)
    kept = json.loads(left.splitlines()[-2])["kept"]
    shown = {tuple(place): value for place, value, _ in kept["shown"]}
    public = {(r["month"], r["region"], r["industry"]): r["value"] for r in desk.table("published.csv")}
    assert shown == {place: int(value) for place, value in public.items() if value}
    cells = {(r["month"], r["region"], r["industry"]): r for r in desk.table("cells.csv")}
    intervals = {tuple(place): (least, most) for place, least, most in kept["intervals"]}
    assert intervals.keys() == {place for place, row in cells.items() if row["status"] == "primary"}
    for place, (least, most) in intervals.items():
        value = int(cells[place]["value"])
        assert least <= value
        assert most is None or value <= most
        assert most is None or most - least > 1
    assert history(desk, "forget", "--release", "2026-10")[0] == 10, "once"


def test_after_destruction_certificates_say_what_is_no_longer_possible(desk: Desk) -> None:
    october, check = forgotten(desk)
    desk.monkeypatch.setattr(sys, "argv", ["gateway", *check])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code, desk.capture.readouterr().out
    assert json.loads((october / "certificate.json").read_bytes())["history"]["no_longer"] == []
    desk.capture.readouterr()
    desk.cells.write_bytes(as_csv(records(12)))
    desk.out = desk.folder / "december"
    code, said = desk.type("--history", str(desk.history), "--release", "2026-12")
    assert code == 0, said
    covered = certificate(desk)["history"]
    assert (covered["releases"], covered["destroyed"]) == (2, 1)
    assert {"outsider", "insider"} <= set(covered["no_longer"])


def test_no_figure_over_destroyed_values_is_released(desk: Desk) -> None:
    """The total of all months would be November's alone under the name of both; October again would be a second one."""
    forgotten(desk)
    before = desk.files()
    desk.out = desk.folder / "again"
    for rows, shown in (([], "Total"), (records(10), "month")):
        months(desk, shown)
        desk.cells.write_bytes(as_csv(rows))
        code, said = desk.type("--history", str(desk.history), "--release", "again")
        assert code == 14, said
    assert before.keys() == desk.files().keys()


def test_values_that_come_back_are_no_history(desk: Desk) -> None:
    months(desk)
    assert desk.type("--history", str(desk.history), "--begin-history", "--release", "2026-10")[0] == 0
    values = desk.history.read_bytes().splitlines(keepends=True)[2]
    assert history(desk, "forget", "--release", "2026-10")[0] == 0
    lines = desk.history.read_bytes().splitlines(keepends=True)
    for spoiled in ([*lines[:2], values, *lines[3:]], [*lines[:2], *lines[3:]]):
        desk.history.write_bytes(b"".join(spoiled))
        assert history(desk, "show")[0] == 18
