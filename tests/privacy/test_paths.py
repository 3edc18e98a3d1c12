"""Folders: every file, no link followed, nothing silently left out."""

from gateway.privacy import Reason, Scan, merged, scan_paths


def test_files_and_folders_are_searched(tmp_path, mobile):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").write_text(f"h\n{mobile}\n")
    (tmp_path / "y.txt").write_text("x")
    scan = scan_paths([tmp_path])
    assert [f.file for f in scan.findings] == [(tmp_path / "a" / "x.csv").as_posix()]
    assert len(scan.searched) == 2
    assert scan.blocks


def test_links_and_absent_files_are_named(tmp_path, mobile):
    (tmp_path / "x.csv").symlink_to(tmp_path / "elsewhere")
    scan = scan_paths([tmp_path, tmp_path / "absent.csv"])
    assert {n.reason for n in scan.not_searched} == {Reason.LINK, Reason.ABSENT}
    assert scan.blocks


def test_a_finding_never_shows_its_value(tmp_path, mobile):
    (tmp_path / "x.json").write_text(f'{{"{mobile}": {{"a": "{mobile}"}}}}')
    scan = scan_paths([tmp_path])
    assert len(scan.findings) == 2
    assert mobile not in repr(scan)


def test_scans_add_up():
    assert merged([]) == Scan()
