"""A workbook keeps text in many places besides its cells."""

import io
import zipfile

import pytest

from gateway.privacy import Reason, scan_file

MOBILE = "13800138000"


def rich(book, sheet):
    sheet.write_rich_string("B7", "电话138", book.add_format({"bold": True}), "0013", "8000")


def hidden_sheet(book, sheet):
    other = book.add_worksheet("x")
    other.write("A1", MOBILE)
    other.very_hidden()


def hidden_column(book, sheet):
    sheet.write("H1", MOBILE)
    sheet.set_column("H:H", None, None, {"hidden": True})


PLACES = {
    "a cell": (lambda b, s: s.write_string("B7", f"电话{MOBILE}"), "sheet1!B7"),
    "a numeric cell": (lambda b, s: s.write_number("B7", int(MOBILE)), "sheet1!B7"),
    "rich text": (rich, "sheet1!B7"),
    "a formula": (lambda b, s: s.write_formula("B7", f'="{MOBILE}"', None, ""), "sheet1!B7"),
    "a formula's result": (lambda b, s: s.write_formula("B7", '="138"&"00138000"', None, MOBILE), "sheet1!B7"),
    "a comment": (lambda b, s: s.write_comment("B2", f"问{MOBILE}"), "xl/comments1.xml"),
    "a comment's author": (
        lambda b, s: s.write_comment("B2", "x", {"author": f"甲{MOBILE}"}),
        "xl/comments1.xml",
    ),
    "a header": (lambda b, s: s.set_header(f"&L{MOBILE}"), "xl/worksheets/sheet1.xml"),
    "a footer": (lambda b, s: s.set_footer(f"&R&8 {MOBILE}"), None),
    "a sheet's name": (lambda b, s: b.add_worksheet(MOBILE), "xl/workbook.xml"),
    "a hidden sheet": (hidden_sheet, "sheet2!A1"),
    "a hidden column": (hidden_column, "sheet1!H1"),
    "a defined name": (lambda b, s: b.define_name("x", f'="{MOBILE}"'), "xl/workbook.xml"),
    "the author": (lambda b, s: b.set_properties({"author": MOBILE}), "docProps/core.xml"),
    "the company": (lambda b, s: b.set_properties({"company": MOBILE}), "docProps/app.xml"),
    "a custom property": (lambda b, s: b.set_custom_property("x", MOBILE), "docProps/custom.xml"),
    "a link": (lambda b, s: s.write_url("B7", f"https://example.org/{MOBILE}"), None),
    "a link's tip": (lambda b, s: s.write_url("B7", "https://example.org/", tip=MOBILE), "xl/worksheets/sheet1.xml"),
    "a text box": (lambda b, s: s.insert_textbox("F9", MOBILE), "xl/drawings/drawing1.xml"),
    "a list of choices": (
        lambda b, s: s.data_validation("B9", {"validate": "list", "source": [MOBILE, "x"]}),
        "xl/worksheets/sheet1.xml",
    ),
    "a picture's description": (
        lambda b, s: s.insert_textbox("F9", "x", {"description": MOBILE}),
        "xl/drawings/drawing1.xml",
    ),
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_number_is_found_wherever_a_workbook_keeps_text(kind, workbook, vocabulary):
    change, place = PLACES[kind]
    scan = scan_file("01.xlsx", workbook(change), vocabulary=vocabulary)
    assert not scan.not_searched
    found = {f.location for f in scan.findings if f.entity == "CN_MOBILE"}
    assert found
    assert place is None or place in found


def test_a_clean_workbook_is_clean_and_counted(workbook, vocabulary):
    scan = scan_file("01.xlsx", workbook(), vocabulary=vocabulary)
    assert scan.findings == ()
    assert scan.not_searched == ()
    assert [s.file for s in scan.searched] == ["01.xlsx"]
    assert scan.cells > 6


def test_a_creator_of_two_characters_is_a_name(workbook):
    scan = scan_file("01.xlsx", workbook(lambda b, s: b.set_properties({"author": "周杰"})))
    assert ("PERSON_NAME", "MEDIUM") in {(f.entity, f.tier.value) for f in scan.findings}


def test_a_column_header_is_the_context_of_its_cells(workbook):
    def names(book, sheet):
        sheet.write("J1", "姓名")
        sheet.write("J2", "周杰")

    scan = scan_file("01.xlsx", workbook(names))
    assert ("sheet1!J2", "MEDIUM") in {(f.location, f.tier.value) for f in scan.findings}


def test_an_identity_number_that_lost_its_last_digits_to_a_float_is_medium(workbook):
    scan = scan_file("01.xlsx", workbook(lambda b, s: s.write_number("B7", 110105199001011237)))
    assert ("CN_RESIDENT_ID", "sheet1!B7") in {(f.entity, f.location) for f in scan.findings}


def test_a_picture_is_not_searched(workbook, tmp_path):
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
    )
    (tmp_path / "p.png").write_bytes(pixel)
    scan = scan_file("01.xlsx", workbook(lambda b, s: s.insert_image("F9", str(tmp_path / "p.png"))))
    assert [(n.file, n.reason) for n in scan.not_searched] == [("01.xlsx!xl/media/image1.png", Reason.BINARY)]


def with_part(book, name, data):
    """The workbook with one more part, as Excel adds its printer's settings."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
        new.writestr(name, data)
    return out.getvalue()


DEVMODE = "HP LaserJet 打印机".encode("utf-16-le").ljust(64, b"\0") + bytes(range(32)) * 4


def test_a_printers_settings_do_not_block(workbook):
    scan = scan_file("x.xlsx", with_part(workbook(), "xl/printerSettings/printerSettings1.bin", DEVMODE))
    assert not scan.not_searched
    assert not scan.blocks


@pytest.mark.parametrize("before", [b"", b"x"])
@pytest.mark.parametrize("coding", ["utf-16-le", "ascii"])
def test_a_number_in_a_printers_settings_is_found(before, coding, workbook, mobile):
    data = before + DEVMODE + mobile.encode(coding) + DEVMODE
    scan = scan_file("x.xlsx", with_part(workbook(), "xl/printerSettings/printerSettings1.bin", data))
    assert "CN_MOBILE" in {f.entity for f in scan.findings}


def test_settings_that_are_no_settings_are_not_searched(workbook):
    scan = scan_file("x.xlsx", with_part(workbook(), "xl/printerSettings/printerSettings1.bin", bytes(1 << 17)))
    assert scan.not_searched
