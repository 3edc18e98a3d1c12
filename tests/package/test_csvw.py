"""The metadata: a stock CSVW reader accepts it and reads the very CSV files of the package with its types."""

import json
import warnings
from decimal import Decimal

import csvw
import pytest

from gateway.model.cells import Mark
from gateway.package import dictionary_csv, entry_names, metadata, table_csv


@pytest.fixture(scope="module")
def folder(sample, tmp_path_factory):
    folder, names = tmp_path_factory.mktemp("package"), entry_names(len(sample.tables))
    for name, table in zip(names.tables, sample.tables, strict=True):
        (folder / name).write_bytes(table_csv(table, sample.hierarchies, sample.period))
    (folder / names.dictionary).write_bytes(dictionary_csv(sample.specs, sample.hierarchies))
    (folder / names.metadata).write_bytes(metadata(sample.specs, sample.hierarchies))
    return folder


def validated(folder) -> csvw.CSVW:
    found = csvw.CSVW(folder / "08.json", validate=True)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert found.is_valid, [str(warning.message) for warning in (*found.warnings, *told)]
    assert not told
    assert not found.warnings
    return found


def test_it_is_valid_and_describes_every_csv(folder, caplog):
    found = validated(folder)
    assert not caplog.records
    assert [str(table.url) for table in found.tables] == [f"{n:02}.csv" for n in range(2, 8)]


def test_rows_read_with_their_types(folder, sample):
    found = validated(folder)
    for described, table in zip(found.tables, sample.tables, strict=False):
        rows = list(described.iterdicts(strict=True))
        assert len(rows) == len(table.rows)
        for row in rows:
            place = tuple(row[f"{dimension.name}_code"] for dimension in table.spec.dimensions)
            for measure in table.spec.measures:
                shown = table.rows[place][measure.name]
                assert row[measure.name] == shown.value
                assert row[f"{measure.name}_status"] == shown.mark
            for derived in table.spec.derived:
                shown = table.rows[place][derived.name]
                assert shown.value is None or isinstance(row[derived.name], Decimal)
                assert row[derived.name] == shown.value


def test_withheld_is_null_and_zero_is_zero(folder, sample):
    described = validated(folder).tables[0]
    for row in described.iterdicts(strict=True):
        assert (row["vacancies"] is None) == (row["vacancies_status"] != Mark.NORMAL)
    assert any(row["vacancies"] == 0 for row in described.iterdicts())


def test_a_mark_that_does_not_exist_is_found(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "04.csv").read_bytes().replace(b",A,", b",B,", 1)
    (tmp_path / "04.csv").write_bytes(text)
    broken = csvw.CSVW(tmp_path / "08.json").tables[2]
    with pytest.raises(ValueError, match="invalid lexical value"):
        list(broken.iterdicts(strict=True))


def test_titles_in_both_languages_and_nothing_from_the_network(folder):
    document = json.loads((folder / "08.json").read_bytes())
    for table in document["tables"]:
        for column in table["tableSchema"]["columns"]:
            assert column["titles"]["und"] == column["name"]
            assert column["titles"]["zh"]
            assert column["titles"]["en"]
    text = (folder / "08.json").read_text()
    assert text.count("http") == 1
    assert document["@context"][0] == "http://www.w3.org/ns/csvw"
