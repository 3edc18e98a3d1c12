"""The checks of a reception, in their order. The first that fails ends it, and says what became of the package."""

from gateway.receiving import rules_inside as inside
from gateway.receiving import rules_outside as outside
from gateway.receiving.case import Case
from gateway.receiving.duplicates import duplicate
from gateway.receiving.rule import Rule, rule_of

RULES: tuple[Rule[Case], ...] = tuple(
    map(
        rule_of,
        (
            outside.files,
            outside.manifest_signature,
            outside.manifest_form,
            outside.names,
            outside.recipient,
            duplicate,
            outside.supersedes,
            outside.package_digest,
            outside.privacy_certificate,
            outside.archive,
            inside.decryption,
            inside.statement,
            inside.entries,
            inside.contents,
            inside.rows,
            inside.approvals,
            inside.acceptance_code,
            inside.consistency,
            inside.gates,
        ),
    )
)
