"""The data dictionary: complete, in both languages, and telling what must not be added up."""

import csv
import io

from gateway.package import dictionary_csv, table_csv
from gateway.package.dictionary import HEADER


def lines(sample) -> list[dict[str, str]]:
    text = dictionary_csv(sample.specs, sample.hierarchies).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_column_of_every_table_has_its_row(sample):
    listed = [(line["entry"], line["column"]) for line in lines(sample)]
    headers = []
    for entry, table in zip(("02.csv", "03.csv", "04.csv", "05.csv", "06.csv"), sample.tables, strict=True):
        data = table_csv(table, sample.hierarchies, sample.period).decode("utf-8-sig")
        headers += [(entry, column) for column in data.split("\r\n", 1)[0].split(",")]
    assert listed == headers


def test_nothing_is_said_in_one_language_only(sample):
    pairs = [name.removesuffix("_zh") for name, _, _ in HEADER if name.endswith("_zh")]
    for line in lines(sample):
        assert line["title_zh"]
        assert line["definition_zh"]
        assert line["clause"].startswith("二(一)")
        for pair in pairs:
            assert bool(line[f"{pair}_zh"]) == bool(line[f"{pair}_en"])


def test_formulas_name_what_they_are_made_of(sample):
    by_column = {(line["table"], line["column"]): line for line in lines(sample)}
    assert by_column["supply_demand", "ratio"]["formula_zh"] == "需求人数 ÷ 求职人数，四舍五入保留 2 位小数"
    assert (
        by_column["market_activity", "match_rate"]["formula_zh"] == "匹配次数 ÷ 报名次数 × 100，四舍五入保留 1 位小数"
    )
    assert "行业门类为合计" in by_column["supply_demand", "vacancy_share"]["formula_zh"]
    assert "线性插值" in by_column["pay_bands", "median"]["formula_zh"]
    kinds = {line["kind"] for line in lines(sample)}
    assert kinds == {"period", "code", "label", "status", "count", "sum", "distinct", "ratio", "share", "quartile"}


def test_persons_are_counted_once_in_totals_and_it_says_so(sample):
    by_column = {(line["table"], line["column"]): line for line in lines(sample)}
    workers = by_column["worker_profile", "workers"]
    assert "技能、意向区域" in workers["note_zh"]
    assert "每人只计一次" in workers["note_zh"]
    assert "counts each person once" in workers["note_en"]
    assert "每人只计一次" in by_column["worker_profile", "skill_code"]["note_zh"]
    assert "行业门类" in by_column["supply_demand", "seekers"]["note_zh"]
    assert by_column["supply_demand", "vacancies"]["note_zh"] == ""


def test_the_edition_of_a_code_list_stands_beside_its_code(sample):
    by_column = {(line["table"], line["column"]): line for line in lines(sample)}
    assert "GB/T 4754-2017" in by_column["supply_demand", "industry_code"]["definition_zh"]
