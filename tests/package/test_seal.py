"""Sealing and opening: what 7-Zip says of it, and every archive that is not one of ours."""

import base64
import io
import shutil
import struct
import subprocess
import warnings
import zipfile
from pathlib import Path

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.package import new_passphrase, open_package, seal

PASSPHRASE = "ABCDEFGHIJKLMNOPQRSTUVWX"
OTHER = "ABCDEFGHIJKLMNOPQRSTUVW2"
ENTRIES = [
    ("01.xlsx", b"PK" + bytes(range(256)) * 40),
    ("02.csv", "四平市,1\r\n".encode() * 300),
    ("statement.json", b'{"format":"gateway-statement/1"}'),
    ("acceptance.txt", b"ABCD-EFGH-2345\n"),
]
SEALED = seal(ENTRIES, PASSPHRASE)


def seven_zip() -> str:
    found = shutil.which("7zz") or shutil.which("7z")
    if not found:
        pytest.fail("7-Zip is missing: apt-get install 7zip")
    return found


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([seven_zip(), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_what_is_sealed_opens_again_in_its_order():
    opened = open_package(SEALED, PASSPHRASE)
    assert list(opened.items()) == ENTRIES


def test_seven_zip_opens_it_with_the_passphrase(tmp_path: Path):
    (tmp_path / "package.zip").write_bytes(SEALED)
    done = run("x", f"-p{PASSPHRASE}", f"-o{tmp_path / 'out'}", str(tmp_path / "package.zip"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == dict(ENTRIES)


@pytest.mark.parametrize("passphrase", [OTHER, PASSPHRASE.lower(), ""])
def test_seven_zip_does_not_open_it_without(tmp_path: Path, passphrase: str):
    (tmp_path / "package.zip").write_bytes(SEALED)
    assert run("t", f"-p{passphrase}", str(tmp_path / "package.zip")).returncode != 0


def test_the_list_in_clear_says_nothing(tmp_path: Path):
    (tmp_path / "package.zip").write_bytes(SEALED)
    listed = run("l", "-slt", str(tmp_path / "package.zip")).stdout.split("----------")[1]
    assert listed.count("Method = AES-256 Deflate") == len(ENTRIES)
    assert listed.count("Modified = 1980-01-01 00:00:00") == len(ENTRIES)
    assert listed.count("\nCRC = \n") == len(ENTRIES)
    assert listed.count("\nComment = \n") == len(ENTRIES)


def test_entries_carry_the_aes_extra_and_nothing_else():
    with zipfile.ZipFile(io.BytesIO(SEALED)) as archive:
        assert archive.comment == b""
        for info in archive.infolist():
            assert info.extra == struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)
            assert (info.CRC, info.compress_type, info.flag_bits) == (0, 99, 1)
            at = info.header_offset + 28
            assert SEALED[at : at + 2] == b"\x0b\x00"


def test_two_seals_share_no_bytes_of_content():
    again = seal(ENTRIES, PASSPHRASE)
    assert again != SEALED
    assert b"\xe5\x9b\x9b" not in SEALED


def test_a_wrong_passphrase_is_told_apart_from_damage():
    for wrong in (OTHER, "", "口令"):
        with pytest.raises(IntegrityError) as caught:
            open_package(SEALED, wrong)
        assert PASSPHRASE not in caught.value.zh + caught.value.en
        assert "口令" in caught.value.zh


@pytest.mark.parametrize(
    ("entries", "passphrase"),
    [
        ([], PASSPHRASE),
        ([("02.csv", b""), ("02.csv", b"")], PASSPHRASE),
        ([("../02.csv", b"")], PASSPHRASE),
        ([("a/02.csv", b"")], PASSPHRASE),
        ([("四平市.csv", b"")], PASSPHRASE),
        ([("supply_demand.csv", b"")], PASSPHRASE),
        ([("2.csv", b"")], PASSPHRASE),
        ([("02.exe", b"")], PASSPHRASE),
        ([("02.csv\n", b"")], PASSPHRASE),
        ([("02.csv", b"")], "secret"),
        ([("02.csv", b"")], ""),
        ([("02.csv", b"")], PASSPHRASE.lower()),
    ],
)
def test_what_may_not_be_sealed(entries, passphrase):
    with pytest.raises(ConfigurationError):
        seal(entries, passphrase)


def made(*names: str, nbits: int = 256, version: int = 2, comment: bytes = b"", **attributes: object) -> bytes:
    """An archive like ours but for what is asked for."""
    out = io.BytesIO()
    with warnings.catch_warnings(), pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        archive.setpassword(PASSPHRASE.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=nbits, force_wz_aes_version=version)
        archive.comment = comment
        warnings.simplefilter("ignore", UserWarning)  # a name that stands twice is what is asked for
        for name in names:
            info = pyzipper.zipfile_aes.AESZipInfo(filename=name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = pyzipper.ZIP_DEFLATED, 0o100600 << 16
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, b"x" * 100)
    return out.getvalue()


def with_extra(package: bytes, field: bytes) -> bytes:
    """The archive of one entry with one more extra field in its directory."""
    at = package.index(b"PK\x01\x02")
    directory, end = bytearray(package[at:-22]), bytearray(package[-22:])
    struct.pack_into("<H", directory, 30, struct.unpack_from("<H", directory, 30)[0] + len(field))
    struct.pack_into("<I", end, 12, len(directory) + len(field))
    return package[:at] + bytes(directory) + field + bytes(end)


def plain() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("02.csv"), b"x")
    return out.getvalue()


def zip_crypto(tmp_path: Path) -> bytes:
    (tmp_path / "02.csv").write_bytes(b"x" * 100)
    target = tmp_path / "weak.zip"
    done = run("a", "-tzip", "-mem=ZipCrypto", f"-p{PASSPHRASE}", str(target), str(tmp_path / "02.csv"))
    assert done.returncode == 0
    return target.read_bytes()


def test_an_archive_like_ours_is_accepted():
    assert open_package(made("02.csv", "03.csv"), PASSPHRASE) == {"02.csv": b"x" * 100, "03.csv": b"x" * 100}


@pytest.mark.parametrize(
    "package",
    [
        pytest.param(made("02.csv", "02.csv"), id="a name twice"),
        pytest.param(made("../02.csv"), id="a path upwards"),
        pytest.param(made("a/02.csv"), id="a path"),
        pytest.param(made("a\\02.csv"), id="a path for Windows"),
        pytest.param(made("02.csv", "evil.exe"), id="an entry that has no place here"),
        pytest.param(made("02.csvx.exe").replace(b"02.csvx.exe", b"02.csv\0.exe"), id="a name that ends early"),
        pytest.param(made("02.csv", nbits=128), id="a weaker key"),
        pytest.param(made("02.csv", version=1), id="AE-1 with a checksum of the plain text"),
        pytest.param(made("02.csv", comment=b"hello"), id="a comment"),
        pytest.param(made("02.csv", date_time=(2026, 11, 3, 9, 30, 0)), id="a date"),
        pytest.param(made("02.csv", external_attr=0o120777 << 16), id="a symbolic link"),
        pytest.param(with_extra(made("02.csv"), struct.pack("<HH4s", 0x7777, 4, b"leak")), id="an extra field"),
        pytest.param(made(), id="nothing"),
        pytest.param(plain(), id="no encryption"),
        pytest.param(b"#!/bin/sh\n" + SEALED, id="something before it"),
        pytest.param(SEALED + b"tail", id="something after it"),
        pytest.param(SEALED[:-30], id="cut short"),
        pytest.param(b"", id="no bytes"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="an empty directory"),
    ],
)
def test_an_archive_that_is_not_ours_is_refused(package):
    with pytest.raises(IntegrityError):
        open_package(package, PASSPHRASE)


def test_the_weak_zip_cipher_is_refused(tmp_path: Path):
    with pytest.raises(IntegrityError):
        open_package(zip_crypto(tmp_path), PASSPHRASE)


def test_a_gap_between_entries_is_refused():
    first = made("02.csv")
    directory = first.index(b"PK\x01\x02")
    hidden = b"hidden bytes"
    moved = first[:directory] + hidden + first[directory:-6] + struct.pack("<I", directory + len(hidden)) + b"\0\0"
    with pytest.raises(IntegrityError):
        open_package(moved, PASSPHRASE)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(at: int, change: int):
    changed = bytearray(SEALED)
    changed[at] ^= change
    with pytest.raises(IntegrityError):
        open_package(bytes(changed), PASSPHRASE)


def test_a_declared_size_cuts_nothing_off():
    """The size stands twice in clear and no authentication covers it."""
    size, less = struct.pack("<L", len(ENTRIES[1][1])), struct.pack("<L", len(ENTRIES[1][1]) - 512)
    assert SEALED.count(size) == 2
    with pytest.raises(IntegrityError):
        open_package(SEALED.replace(size, less), PASSPHRASE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=8))
def test_any_content_comes_back(contents: list[bytes]):
    entries = [(f"{number:02}.csv", data) for number, data in enumerate(contents)]
    assert list(open_package(seal(entries, PASSPHRASE), PASSPHRASE).items()) == entries


def test_a_passphrase_has_120_bits_of_what_it_is_given():
    drawn = bytes(range(100, 115))
    passphrase = new_passphrase(lambda size: drawn[:size])
    assert len(passphrase) == 24
    assert base64.b32decode(passphrase) == drawn
    with pytest.raises(ConfigurationError):
        new_passphrase(lambda size: b"short")
