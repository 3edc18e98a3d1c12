"""Who holds what, for what purpose, until when; handover; destruction and its certificate.

Guarantees: what an agreement does not list is not collected, opened or kept; what is held is encrypted under a key of
its own; nobody sees it who is not named, has not signed and is not granted the purpose, and each access is recorded
before it happens; the ledger never says destroyed while a byte can be read; a command that is killed at any point is
finished or undone by the next one; a refusal is recorded."""

from gateway.base.holdingkeys import HoldingKeys
from gateway.custody.access import REQUEST, Shown, close, open_copies, open_holding, read_request, request
from gateway.custody.adding import Material, add, clear
from gateway.custody.cases import close_case, missing_steps, open_case, take
from gateway.custody.destruction import destroy, end, give_back, returned
from gateway.custody.fold import Views, fold
from gateway.custody.handover import begin as begin_handover
from gateway.custody.handover import finish as finish_handover
from gateway.custody.handover import told as tell_handover
from gateway.custody.notices import case_notice, handover_notice, permission_request, told_text
from gateway.custody.papers import PERMISSION, RECEIPT, form, permit
from gateway.custody.people import (
    COMMITMENT,
    FIRST,
    commit,
    commitment_text,
    consent,
    enrol,
    file_commitment,
    revoke,
    train,
)
from gateway.custody.proof import CERTIFICATE, Certificate, certificate, certificate_page
from gateway.custody.refusal import REASONS, CustodyRefusedError, Reason
from gateway.custody.report import for_auditor, for_subject
from gateway.custody.room import Room, Stay
from gateway.custody.sheets import Report, as_csv, as_page, as_workbook
from gateway.custody.terms import Clocked, Clocks, Named, Noted, Purpose, Record, Terms, Told, procedure
from gateway.custody.vault import Vault
from gateway.custody.views import Access, Case, Handover, Holding, Person, State

__all__ = [
    "CERTIFICATE",
    "COMMITMENT",
    "FIRST",
    "PERMISSION",
    "REASONS",
    "RECEIPT",
    "REQUEST",
    "Access",
    "Case",
    "Certificate",
    "Clocked",
    "Clocks",
    "CustodyRefusedError",
    "Handover",
    "Holding",
    "HoldingKeys",
    "Material",
    "Named",
    "Noted",
    "Person",
    "Purpose",
    "Reason",
    "Record",
    "Report",
    "Room",
    "Shown",
    "State",
    "Stay",
    "Terms",
    "Told",
    "Vault",
    "Views",
    "add",
    "as_csv",
    "as_page",
    "as_workbook",
    "begin_handover",
    "case_notice",
    "certificate",
    "certificate_page",
    "clear",
    "close",
    "close_case",
    "commit",
    "commitment_text",
    "consent",
    "destroy",
    "end",
    "enrol",
    "file_commitment",
    "finish_handover",
    "fold",
    "for_auditor",
    "for_subject",
    "form",
    "give_back",
    "handover_notice",
    "missing_steps",
    "open_case",
    "open_copies",
    "open_holding",
    "permission_request",
    "permit",
    "procedure",
    "read_request",
    "request",
    "returned",
    "revoke",
    "take",
    "tell_handover",
    "told_text",
    "train",
]
