"""Archives: to their bottom, within limits, with nothing beside their entries."""

import io
import struct
import zipfile
import zlib

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


def field(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def framed(*, local=b"", central=b"", comment=b"", name=b"a.txt", flags=0):
    """A ZIP of one stored entry, written field by field, so that header and directory may differ."""
    data = b"x"
    told = struct.pack("<HHHHHIII", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), len(data))
    head = b"PK\x03\x04" + told + struct.pack("<HH", len(name), len(local)) + name + local + data
    lengths = struct.pack("<HHHHHII", len(name), len(central), len(comment), 0, 0, 0, 0)
    directory = b"PK\x01\x02" + struct.pack("<H", 20) + told + lengths + name + central + comment
    return head + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(head), 0)


MOBILE = b"13800138000"
EXTRAS = {
    "unknown kind": field(0xBEEF, MOBILE),
    "unknown kind, UTF-16": field(0xBEEF, "\ufeff电话13800138000".encode("utf-16-le")),
    "unknown kind, GB18030": field(0xBEEF, "电话13800138000".encode("gb18030")),
    "a name in UTF-8": field(0x7075, b"\x01" + bytes(4) + MOBILE),
    "a comment in UTF-8": field(0x6375, b"\x01" + bytes(4) + MOBILE),
    "times": field(0x5455, b"\x07" + MOBILE + b"\x00"),
    "owners": field(0x7875, MOBILE),
    "NTFS times": field(0x000A, MOBILE.ljust(32, b"\x00")),
    "zip64": field(0x0001, MOBILE + b" "),
    "behind a field of AES": field(0x9901, b"\x02\x00AE\x03\x08\x00") + field(0xBEEF, MOBILE),
}


@pytest.mark.parametrize("where", ["local", "central"])
@pytest.mark.parametrize("extra", EXTRAS)
def test_a_number_in_an_extra_field_is_found_in_header_and_directory(where, extra):
    scan = scan_file("p.zip", framed(**{where: EXTRAS[extra]}))
    assert ("CN_MOBILE", "extra field") in {(f.entity, f.location) for f in scan.findings}


def test_a_number_in_the_second_entrys_extra_field_is_found(mobile):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"x")
        info = zipfile.ZipInfo("b.txt")
        info.extra = field(0xBEEF, mobile.encode())
        archive.writestr(info, b"x")
    assert {f.location for f in scan_file("p.zip", out.getvalue()).findings} == {"extra field"}


UNREADABLE = {
    "no text": field(0xBEEF, b"\x00\x01\x02\xff"),
    "padding with something in it": field(0xA220, b"\x28\xa0\x00\x00secret"),
    "longer than its place": struct.pack("<HH", 0xBEEF, 40) + MOBILE,
    "an end of three bytes": field(0x5455, b"\x00") + b"abc",
}


@pytest.mark.parametrize("where", ["local", "central"])
@pytest.mark.parametrize("extra", UNREADABLE)
def test_an_extra_field_that_is_no_text_blocks(where, extra):
    scan = scan_file("p.zip", framed(**{where: UNREADABLE[extra]}))
    assert set(why(scan)) <= {Reason.HIDDEN, Reason.DAMAGED}
    assert scan.blocks


HARMLESS = field(0x5455, b"\x01" + bytes(4)) + field(0x7875, b"\x01\x04" + bytes(4) + b"\x04" + bytes(4))


def test_usual_extra_fields_pass():
    assert not scan_file("p.zip", framed(local=HARMLESS, central=HARMLESS)).blocks


@pytest.mark.parametrize("coding", ["utf-8", "gb18030"])
def test_chinese_comments_and_names_are_read_as_whoever_wrote_them_meant(coding):
    text = "联系人欧阳建国".encode(coding)
    comment = scan_file("p.zip", framed(comment=text))
    named = scan_file("p.zip", framed(name=text + b".txt"))
    assert {(f.entity, f.location) for f in comment.findings} == {("PERSON_NAME", "comment")}
    assert ("PERSON_NAME", "entry name") in {(f.entity, f.location) for f in named.findings}


def test_a_local_name_other_than_the_directorys_blocks():
    data = plain({"aaaa.txt": b"x"}).replace(b"aaaa.txt", b"bbbb.txt", 1)
    assert why(scan_file("p.zip", data)) == [Reason.HIDDEN]


def test_a_damaged_entry_blocks():
    data = bytearray(plain({"a.txt": b"hello world, hello world" * 20}))
    data[40] ^= 0xFF
    assert why(scan_file("p.zip", bytes(data))) == [Reason.DAMAGED]
