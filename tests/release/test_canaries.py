"""Canaries: planted in the withheld columns of a copy, seen at the start, gone after the strip stage; else blocked."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gateway.base.errors import PersonalDataError
from gateway.base.parquet import encrypted_dataset, encrypted_writer
from gateway.ingest import Feed, withheld_columns
from gateway.model.release import State
from gateway.privacy import Canary
from gateway.release.build import canaries
from gateway.release.build.corridor import Book, run
from tests.release.conftest import PERIOD, Site, clock, silent


def certificate(site: Site) -> dict[str, Any]:
    (path,) = site.root.glob("var/releases/*/privacy-drafts.json")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_a_run_plants_canaries_and_says_what_came_of_them(site: Site) -> None:
    run(site.deployment, PERIOD, clock, silent)
    found = certificate(site)["canaries"]
    planted = {f"{feed}.{name}" for feed, kinds, _ in withheld_columns(site.deployment.source, site.deployment.extract)
               for name in kinds}  # fmt: skip
    assert set(found["columns"]) == planted
    assert found["seen_at_start"] == len(planted)
    assert found["seen_at_end"] == []
    assert found["passed"]
    assert found["rows"] > 100
    assert min(found["persons"], found["employers"]) >= 100
    assert not list(site.root.glob("var/canaries-*"))


def test_a_strip_stage_that_lets_a_withheld_column_through_blocks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = canaries.ingest

    def leaking(source: Any, extract: Any, *, out: Path, keyring: Any, **more: Any) -> dict[str, Feed]:
        feeds = real(source, extract, out=out, keyring=keyring, **more)
        table = encrypted_dataset(feeds["workers"].path, keyring).to_table()
        names = extract.copies["workers"].columns["name"].slice(0, table.num_rows)
        table = table.append_column("skill_note", pa.array(names.to_pylist()).dictionary_encode())
        with encrypted_writer(feeds["workers"].path, table.schema, keyring) as writer:
            writer.write(table)
        return feeds

    monkeypatch.setattr(canaries, "ingest", leaking)
    with pytest.raises(PersonalDataError, match="canary"):
        run(site.deployment, PERIOD, clock, silent)
    assert certificate(site)["canaries"]["seen_at_end"] == ["workers.skill_note"]
    (view,) = Book.read(site.deployment).views.values()
    assert view.state is State.BLOCKED


def test_canaries_that_were_never_there_block(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries.Planted, "_planted", lambda self, feed, chunk: chunk)
    with pytest.raises(PersonalDataError, match="canary"):
        run(site.deployment, PERIOD, clock, silent)
    assert certificate(site)["canaries"]["seen_at_start"] == 0


def test_every_run_has_canaries_of_its_own() -> None:
    one = Canary.made(lambda n: bytes(range(n)))
    two = Canary.made(lambda n: bytes(range(n, 2 * n)))
    assert one.person != two.person
    assert one.stands_in(one.text(3).encode())
    assert not two.stands_in(one.text(3).encode())
