"""The four agreements on custody: each entry's words are the contract's, and a mistake is named by line and key."""

import hashlib
from pathlib import Path

import pytest

from gateway.agreement import CustodyTerms, load_agreement
from gateway.base.errors import ConfigurationError
from gateway.model.custody import Rule

AGREEMENTS = Path(__file__).resolve().parents[2] / "agreements"
CONTRACTS = AGREEMENTS.parent.parent / "shared" / "agreements"
NAMES = ("hardship-000", "education-001", "legal-002", "medical-003")


def terms(name: str) -> CustodyTerms:
    found = load_agreement(AGREEMENTS / f"{name}.toml")
    assert isinstance(found, CustodyTerms)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_quoted_clause_is_named_by_an_entry(name: str) -> None:
    found = terms(name)
    named = {c.clause for c in found.clocks}
    text = (AGREEMENTS / f"{name}.toml").read_text(encoding="utf-8")
    head = text[: text.index("[clauses]")]
    assert [clause for clause in found.clauses if f'"{clause}"' not in head and clause not in named] == []


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="the contracts lie beside the repository only where it was built")
@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_the_contract_s(name: str) -> None:
    found = terms(name)
    (path,) = CONTRACTS.glob(f"{name[-3:]}_*.txt")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == found.contract
    flat = "".join(path.read_text(encoding="utf-8").split())
    for clause, words in found.clauses.items():
        for part in words.split("……"):
            assert "".join(part.split()) in flat, clause


def test_the_printed_figures_are_the_default_and_can_be_set(tmp_path: Path) -> None:
    """000: [30] days, [7] working days, [3] working days, [6] months."""
    found = terms("hardship-000")
    lengths = {clock.name: (found.length(clock), clock.unit) for clock in found.clocks}
    assert lengths["delete_after_completion"] == (30, "day")
    assert lengths["delete_after_withdrawal"] == lengths["delete_after_failed_review"] == (7, "working_day")
    assert lengths["legal_demand_notice"] == lengths["legal_demand_notice_after"] == (3, "working_day")
    assert [(row.what, row.length, row.unit, row.least) for row in found.retention] == [
        ("deletion_record", 6, "month", True)
    ]
    text = (AGREEMENTS / "hardship-000.toml").read_text(encoding="utf-8")
    other = text.replace('unit = "day"\nsurvives', 'unit = "day"\nlength = 20\nsurvives', 1)
    (tmp_path / "a.toml").write_text(other, encoding="utf-8")
    changed = load_agreement(tmp_path / "a.toml")
    assert changed.length(next(c for c in changed.clocks if c.name == "delete_after_completion")) == 20


MISTAKES = {
    "an unknown rule": ('rule = "encrypted"', 'rule = "secret"', "rules.1.rule"),
    "an unknown class": ('classes = ["personal"]', 'classes = ["private"]', "materials.2.classes.0"),
    "a purpose that is not listed": (
        'needed_for = ["eligibility", "service"]',
        'needed_for = ["sales"]',
        "materials.2.needed_for",
    ),
    "a grant to nobody": ('[[grants]]\nperson = "reviewer_a"', '[[grants]]\nperson = "someone"', "grants.0.person"),
    "a grant twice": ('[[grants]]\nperson = "reviewer_b"', '[[grants]]\nperson = "reviewer_a"', "grants.1"),
    "an end without its clock": ('clock = "delete_after_withdrawal"', 'clock = "later"', "ends.1.clock"),
    "a step that nobody knows": ('step = "necessity"', 'step = "maybe"', "procedures.0.needs.1.step"),
    "a clause not quoted": ('"四1(2)" = ', '"四1(9)" = ', "proof.clause"),
    "a holder who signs for the owner": ('owner_signs = "applicant"', 'owner_signs = "reviewer_a"', "owner_signs"),
    "nothing to tell": ('rule = "tell_purpose"', 'rule = "need_to_know"', "told"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_line_and_key(tmp_path: Path, mistake: str) -> None:
    old, new, key = MISTAKES[mistake]
    text = (AGREEMENTS / "hardship-000.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "a.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_agreement(tmp_path / "a.toml")
    assert f" {key}: " in str(refused.value)
    assert refused.value.zh.startswith(str(tmp_path / "a.toml") + ":")


def test_what_each_agreement_demands() -> None:
    """FIELD 1: which rule stands in which agreement."""
    demanded = {
        Rule.TELL_PURPOSE: {"hardship-000"},
        Rule.NO_PUBLIC_CLOUD: {"hardship-000"},
        Rule.TRAINED: {"hardship-000", "legal-002"},
        Rule.COMMITMENT_FILED: {"medical-003"},
        Rule.NO_COPIES: {"education-001"},
        Rule.DESTROY_WITH_PERMISSION: {"education-001"},
        Rule.SUPPORTERS_LISTED: {"education-001"},
        Rule.EXISTENCE_SECRET: {"education-001"},
        Rule.RETURN_WITHOUT_COPY: {"education-001", "medical-003"},
        Rule.ANONYMISE: {"legal-002"},
    }
    for rule, names in demanded.items():
        assert {name for name in NAMES if terms(name).demands(rule)} == names, rule
