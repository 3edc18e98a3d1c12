"""Archives: to their bottom, within limits, with nothing beside their entries."""

import io
import struct
import zipfile

import pytest

from gateway.privacy import Limits, Reason, scan_file


def plain(files, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        for key, value in more.items():
            setattr(archive, key, value)
    return out.getvalue()


def why(scan):
    return [n.reason for n in scan.not_searched]


def test_a_clean_package_passes_entry_by_entry(package, sealed, passphrase, vocabulary):
    data = sealed(package)
    scan = scan_file("p.zip", data, passphrase=passphrase, vocabulary=vocabulary)
    assert not scan.blocks
    assert scan.findings == ()
    assert {s.file for s in scan.searched} == {"p.zip", *(f"p.zip!{name}" for name in package)}


@pytest.mark.parametrize("entry", ["01.xlsx", "02.csv", "04.json", "05.html", "statement.json", "acceptance.txt"])
def test_a_number_in_any_entry_of_a_sealed_package_is_found(entry, package, sealed, passphrase, workbook, mobile):
    if entry == "01.xlsx":
        package[entry] = workbook(lambda b, s: s.write("B9", mobile))
    elif entry.endswith("json"):
        package[entry] = package[entry].replace(b'": "', f'": "{mobile} '.encode(), 1)
    else:
        package[entry] += mobile.encode()
    scan = scan_file("p.zip", sealed(package), passphrase=passphrase)
    assert f"p.zip!{entry}" in {f.file for f in scan.findings if f.entity == "CN_MOBILE"}


def test_without_its_passphrase_nothing_counts_as_searched(package, sealed, passphrase):
    none = scan_file("p.zip", sealed(package))
    wrong = scan_file("p.zip", sealed(package), passphrase=passphrase[::-1])
    assert set(why(none)) == {Reason.ENCRYPTED}
    assert set(why(wrong)) == {Reason.PASSPHRASE}
    assert len(why(wrong)) == len(package)
    assert none.searched == wrong.searched == ()


def test_names_and_comments_are_searched(mobile):
    named = scan_file("p.zip", plain({f"{mobile}/": b"", "a.txt": b"x"}))
    comment = scan_file("p.zip", plain({"a.txt": b"x"}, comment=mobile.encode()))
    assert {(f.entity, f.location) for f in named.findings} == {("CN_MOBILE", "entry name")}
    assert {(f.entity, f.location) for f in comment.findings} == {("CN_MOBILE", "comment")}


def test_nested_archives_are_opened_to_the_third_and_then_refused(mobile):
    data = plain({"a.txt": mobile})
    for _ in range(2):
        data = plain({"in.zip": data})
    assert [f.file for f in scan_file("p.zip", data).findings] == ["p.zip!in.zip!in.zip!a.txt"]
    deeper = scan_file("p.zip", plain({"in.zip": plain({"in.zip": data})}))
    assert why(deeper) == [Reason.DEPTH]


def test_bombs_are_refused_before_they_unfold():
    ratio = plain({"a.txt": b"0" * (20 << 20)})
    assert why(scan_file("p.zip", ratio)) == [Reason.LIMIT]
    total = scan_file("p.zip", plain({"a.txt": b"ab\n" * 1000, "b.txt": b"x"}), limits=Limits(total=100))
    assert set(why(total)) == {Reason.LIMIT}
    many = scan_file("p.zip", plain({f"{i}.txt": b"x" for i in range(20)}), limits=Limits(entries=10))
    assert why(many) == [Reason.LIMIT]


def test_nested_bombs_share_one_budget():
    inner = plain({"a.txt": b"ab\n" * 500})
    data = plain({f"{i}.zip": inner for i in range(10)})
    assert Reason.LIMIT in why(scan_file("p.zip", data, limits=Limits(total=5000)))


def test_a_size_that_lies_does_not_help():
    data = bytearray(plain({"a.txt": b"0" * (20 << 20)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + offset
        data[place : place + 4] = struct.pack("<I", 10)
    assert scan_file("p.zip", bytes(data)).blocks


def attach_front(data, extra):
    return extra + data


def attach_end(data, extra):
    return data + extra


def attach_between(data, extra):
    """Puts bytes before the directory and moves its offset along."""
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    moved = data[:start] + extra + data[start:end] + data[end : end + 16]
    return moved + struct.pack("<I", start + len(extra)) + data[end + 20 :]


@pytest.mark.parametrize("attach", [attach_front, attach_end, attach_between])
def test_bytes_that_belong_to_no_entry_block(attach, mobile):
    data = attach(plain({"a.txt": b"x"}), mobile.encode())
    scan = scan_file("p.zip", data)
    assert scan.blocks
    assert set(why(scan)) <= {Reason.HIDDEN, Reason.DAMAGED}


def test_an_extra_field_of_unknown_kind_blocks(mobile):
    info = zipfile.ZipInfo("a.txt")
    info.extra = struct.pack("<HH", 0xBEEF, 11) + mobile.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, b"x")
    assert why(scan_file("p.zip", out.getvalue())) == [Reason.HIDDEN]


def test_a_local_name_other_than_the_directorys_blocks():
    data = plain({"aaaa.txt": b"x"}).replace(b"aaaa.txt", b"bbbb.txt", 1)
    assert why(scan_file("p.zip", data)) == [Reason.HIDDEN]


def test_a_damaged_entry_blocks():
    data = bytearray(plain({"a.txt": b"hello world, hello world" * 20}))
    data[40] ^= 0xFF
    assert why(scan_file("p.zip", bytes(data))) == [Reason.DAMAGED]
