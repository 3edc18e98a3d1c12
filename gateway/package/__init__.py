"""What the bureau opens, and the sealed package that carries it.

Every format shows the same checked rows; withheld, missing and zero differ in each; no text can run as a formula; the
same tables give the same bytes. A package holds exactly what two stewards approved, under names that say nothing."""

from gateway.package.codes import (
    Randomness,
    acceptance_digest,
    acceptance_file,
    new_acceptance_code,
    new_passphrase,
    read_acceptance,
)
from gateway.package.columns import columns
from gateway.package.csvs import table_csv
from gateway.package.csvw import metadata
from gateway.package.dictionary import dictionary_csv
from gateway.package.names import ACCEPTANCE, STATEMENT, EntryNames, entry_names
from gateway.package.passphrase_slip import passphrase_slip
from gateway.package.recall import RecallNotice, recall_page
from gateway.package.registers import Column, RegisterTable, register_files
from gateway.package.seal import open_package, seal
from gateway.package.sheets.charts import MONTHLY, Chart
from gateway.package.sheets.cover import Contact, Cover
from gateway.package.slip import Slip, slip_page
from gateway.package.statement import (
    beside,
    build_manifest,
    check_contents,
    document_bytes,
    file_entry,
    package_entries,
    read_statement,
)
from gateway.package.workbook import workbook

__all__ = [
    "ACCEPTANCE",
    "MONTHLY",
    "STATEMENT",
    "Chart",
    "Column",
    "Contact",
    "Cover",
    "EntryNames",
    "Randomness",
    "RecallNotice",
    "RegisterTable",
    "Slip",
    "acceptance_digest",
    "acceptance_file",
    "beside",
    "build_manifest",
    "check_contents",
    "columns",
    "dictionary_csv",
    "document_bytes",
    "entry_names",
    "file_entry",
    "metadata",
    "new_acceptance_code",
    "new_passphrase",
    "open_package",
    "package_entries",
    "passphrase_slip",
    "read_acceptance",
    "read_statement",
    "recall_page",
    "register_files",
    "seal",
    "slip_page",
    "table_csv",
    "workbook",
]
