"""The certificate: what was searched, with what, and the verdict; never a value."""

import json

import pyarrow as pa
import pytest

from gateway.base import canonical
from gateway.privacy import SourceBatch, ValueKind, certificate, match_source, scan_file

SOURCE = [
    SourceBatch(
        source="workers", batch=pa.record_batch({"phone": ["13800138000"]}), kinds={"phone": ValueKind.IDENTIFIER}
    )
]


def made(name, data, source=SOURCE, **more):
    match = match_source(source, {name: data}, **more) if source is not None else None
    return certificate(scan_file(name, data, **more), match, package_sha256=canonical.digest(data))


def test_a_clean_package_passes(package, sealed, passphrase, vocabulary):
    document = made("p.zip", sealed(package), passphrase=passphrase, vocabulary=vocabulary)
    assert document["verdict"] == "pass"
    assert document["reasons"] == []
    assert document["format"] == "gateway-privacy/1"
    assert document["findings"] == {}
    assert {s["file"] for s in document["searched"]} == {"p.zip", *(f"p.zip!{n}" for n in package)}
    assert len(document["recognizers"]) == 24
    assert document["source"]["columns"] == [
        {"column": "workers.phone", "kind": "identifier", "checked": 1, "matches": 0, "cleared": {}, "files": []}
    ]
    assert json.loads(canonical.encode(document)) == document


BLOCKED = {
    "finding": (b"a\n11010519491231002X\n", SOURCE),
    "source-match": (b"a\n13800138000\n", SOURCE),
    "source-not-compared": (b"a\n1\n", None),
    "not-searched": (b"\xff\xff\xff", SOURCE),
}


@pytest.mark.parametrize("reason", BLOCKED)
def test_each_reason_blocks(reason):
    data, source = BLOCKED[reason]
    document = made("x.csv", data, source)
    assert reason in document["reasons"]
    assert document["verdict"] == "block"


def test_a_low_finding_is_noted_and_does_not_block():
    document = made("x.csv", "a\n李娜\n".encode())
    assert document["findings"] == {"PERSON_NAME": {"LOW": 1}}
    assert document["verdict"] == "pass"


def test_an_empty_source_or_an_empty_scan_does_not_pass():
    assert "source-not-compared" in made("x.csv", b"a\n1\n", [])["reasons"]


def test_no_value_stands_in_the_certificate_not_even_in_a_name():
    data = b"a,13800138000\nb,11010519491231002X\n"
    text = canonical.encode(made("13800138000.csv", data)).decode()
    assert "13800138000" not in text
    assert "11010519491231002X" not in text


def test_the_same_bytes_give_the_same_certificate(package, sealed, passphrase):
    data = sealed(package)
    assert made("p.zip", data, passphrase=passphrase) == made("p.zip", data, passphrase=passphrase)
