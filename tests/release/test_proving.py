"""A build that the separate verifier does not agree with stops; what it proved is for stewards only."""

import json
from pathlib import Path

import pytest

from gateway.base.errors import DisclosureError, Exit, TermsError
from gateway.release.build.corridor import run
from gateway.release.build.drafts import Drafts
from gateway.release.build.proving import certificates
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.review.exporting import export_secret
from gateway.verifier.month import recheck_month
from tests.release.conftest import NOW, PERIOD, Site, clock, silent
from tests.verifier.months import csvs, material_of, verified
from tests.verifier.test_month import siege


def test_a_verifier_that_is_not_convinced_stops_the_build_with_exit_14() -> None:
    made, files = material_of(siege()), csvs(siege())
    assert set(certificates(verified(made, files))) == {"certificate-secret.json", "certificate-public.json"}
    files["02.csv"] = files["02.csv"].replace(b",C,", b",A,", 1)
    with pytest.raises(DisclosureError) as refused:
        certificates(verified(made, files))
    assert refused.value.exit is Exit.DISCLOSURE


def test_the_secret_side_is_for_stewards_and_proves_the_month_again(site: Site, tmp_path: Path) -> None:
    release = run(site.deployment, PERIOD, clock, silent).release
    with pytest.raises(TermsError):
        export_secret(site.deployment, release, tmp_path, "operator", NOW)
    assert not list(tmp_path.glob("*.html"))
    paths = export_secret(site.deployment, release, tmp_path / "secret", "steward_a", NOW)
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
    store = site.deployment.store(release, OPEN_NAMES)
    drafts = Drafts.read(store)
    tables = {entry.entry: drafts.contents[entry.entry] for entry in drafts.entries if entry.role == "table"}
    public = next(drafts.contents[entry.entry] for entry in drafts.entries if entry.role == "certificate")
    secret = (tmp_path / "secret" / "certificate.secret.json").read_bytes()
    material = (tmp_path / "secret" / "material.json").read_bytes()
    report = recheck_month(secret, material, tables, public)
    assert (report.valid, [check.name for check in report.checks if not check.passed]) == (True, [])
    statement = json.loads(store.get("statement.json"))
    assert statement["disclosure"]["certificate"] == json.loads(public)["certificate"]
    assert statement["history_head"] == json.loads(public)["history"]["head"]
    said = site.gateway("export", release, "--secret", "--as", "steward_a", LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("保密") == 1
    page = (site.root / "export" / f"{release}.secret" / "supply_demand.postings.html").read_text()
    assert "<td>县（市、区）</td>" in page
    assert "<td>行业门类</td>" in page
    assert "<td>county</td>" not in page
