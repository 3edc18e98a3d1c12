"""The sections of an agreement on the custody of personal material: what is held, and by which rules."""

from enum import StrEnum

from pydantic import Field

from gateway.agreement.sections import Clause, Party
from gateway.model.table import Declaration, Name, Wording


class Custodians(Declaration):
    """Who holds the material and whose it is."""

    holder: Party
    owner: Party


class Material(Declaration):
    """A kind of material. ``sensitive``: only for persons who are named for it; ``needed_for``: the purposes that need
    it (all when none is named): what no purpose needs is not collected."""

    name: Name
    clause: Clause
    title: Wording
    sensitive: bool = False
    needed_for: tuple[Name, ...] = ()


class Rule(StrEnum):
    """What a custody agreement may demand besides terms; an unknown rule is an error, never a note."""

    ENCRYPTED = "encrypted"  # stored encrypted only
    NAMED_PERSONS = "named_persons"  # access by named persons only
    NEED_TO_KNOW = "need_to_know"  # and only within the scope granted to each
    COMMITMENT_FIRST = "commitment_first"  # nobody sees anything before having signed
    COMMITMENT_FILED = "commitment_filed"  # and the commitment was filed with the owner
    TRAINED = "trained"  # training is recorded before access
    SUPPORTERS_LISTED = "supporters_listed"  # remote supporters are listed and sign
    NO_THIRD_PARTY = "no_third_party"  # no storage by third parties
    NO_PUBLIC_CLOUD = "no_public_cloud"  # no public network space, no unencrypted mail
    NO_COPIES = "no_copies"  # neither copied nor lent, backups included
    TELL_PURPOSE = "tell_purpose"  # the person is told purpose and promise when it is collected
    TELL_HANDOVER = "tell_handover"  # the person is told of an internal handover
    RESIGN_HANDOVER = "resign_handover"  # who takes over signs again
    DESTROY_WITH_PERMISSION = "destroy_with_permission"  # destruction waits for the owner's written permission
    RETURN_WITHOUT_COPY = "return_without_copy"  # given back on demand, no backup kept
    DELETION_PROOF = "deletion_proof"  # a certificate of deletion on request
    EXISTENCE_SECRET = "existence_secret"  # third parties are not told that the agreement exists
    LEGAL_DEMAND_MINIMUM = "legal_demand_minimum"  # a legal demand is met only as far as needed
    LEGAL_DEMAND_OPINION = "legal_demand_opinion"  # needs a lawyer's written opinion
    LEGAL_DEMAND_CONFIRMED = "legal_demand_confirmed"  # and the owner's confirmation
    RECORDS_ON_REQUEST = "records_on_request"  # statements and records are handed over on request
    ANONYMISE = "anonymise"  # deletion, return or making anonymous, as the owner demands


class Rules(Declaration):
    """A rule that this agreement demands."""

    rule: Rule
    clause: Clause
    title: Wording


class Places(Declaration):
    """Where material may lie: names of places of this deployment that are the holder's own."""

    clause: Clause
    allowed: tuple[Name, ...] = Field(min_length=1)
