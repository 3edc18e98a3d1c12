"""What an agreement on custody says of material that is held for others: the words of its sections.

Every entry names the clause that it rests on. What is not named here may not be collected, opened or kept."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gateway.model.table import Declaration, Name, Wording

Clause = Annotated[str, StringConstraints(min_length=1, max_length=24)]
"""A clause as its contract numbers it; the agreement's own check says whether it is quoted."""


class Sensitivity(StrEnum):
    """Classes of material: those of agreement 002 第一条3 and of PIPL article 28, and two that are not sensitive."""

    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"
    IDENTITY = "identity"
    PROPERTY = "property"
    FAMILY = "family"
    HEALTH = "health"
    MINORS = "minors"
    LITIGATION = "litigation"
    OFFENCES = "offences"
    BIOMETRIC = "biometric"
    RELIGION = "religion"
    STATUS = "status"
    WHEREABOUTS = "whereabouts"

    @property
    def wording(self) -> Wording:
        """Its wording."""
        return CLASSES[self]

    @property
    def sensitive(self) -> bool:
        """Whether a leak can hurt a person (PIPL article 28)."""
        return self not in (Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL)


CLASSES: dict[Sensitivity, Wording] = {
    Sensitivity.PERSONAL: Wording(zh="一般个人信息", en="personal, not sensitive"),
    Sensitivity.CONFIDENTIAL: Wording(zh="内部、商业保密信息", en="confidential, not personal"),
    Sensitivity.IDENTITY: Wording(zh="身份证件信息", en="identity documents"),
    Sensitivity.PROPERTY: Wording(zh="财产信息、金融账户", en="property, financial accounts"),
    Sensitivity.FAMILY: Wording(zh="婚姻家庭信息", en="marriage and family"),
    Sensitivity.HEALTH: Wording(zh="健康、医疗信息", en="health, medical"),
    Sensitivity.MINORS: Wording(zh="未成年人信息", en="minors"),
    Sensitivity.LITIGATION: Wording(zh="诉讼材料", en="litigation"),
    Sensitivity.OFFENCES: Wording(zh="违法犯罪记录", en="offences"),
    Sensitivity.BIOMETRIC: Wording(zh="生物识别信息", en="biometrics"),
    Sensitivity.RELIGION: Wording(zh="宗教信仰", en="religion"),
    Sensitivity.STATUS: Wording(zh="特定身份(如困难家庭)", en="a particular status (such as hardship)"),
    Sensitivity.WHEREABOUTS: Wording(zh="行踪轨迹", en="whereabouts"),
}


class Step(StrEnum):
    """What is recorded of a procedure, each with the digest of its paper."""

    NOTICE = "notice"
    MEASURES = "measures"
    RESPONSE = "response"
    STATEMENT = "statement"
    RECORDS = "records"
    REPAIR = "repair"
    LAWYERS_OPINION = "lawyers_opinion"
    OWNER_CONFIRMATION = "owner_confirmation"
    NECESSITY = "necessity"
    PROVIDED = "provided"


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


class Material(Declaration):
    """A kind of material that may be collected, the classes of what stands in it, and the purposes that need it: for
    another purpose it may not be collected."""

    name: Name
    clause: Clause
    title: Wording
    classes: tuple[Sensitivity, ...] = Field(min_length=1)
    needed_for: tuple[Name, ...] = Field(min_length=1)


class Places(Declaration):
    """Where material may lie: places of this deployment that are the holder's own, and what people call them."""

    clause: Clause
    allowed: tuple[Name, ...] = Field(min_length=1)
    titles: dict[Name, Wording] = Field(default_factory=dict)

    def titled(self, name: str) -> str:
        """A place as a report calls it."""
        return self.titles[name].zh if name in self.titles else name


class Grant(Declaration):
    """What a named person may see: for which purposes, which sensitive classes. ``remote``: supports from outside, only
    after the owner's consent, and never with a copy."""

    person: Name
    clause: Clause
    purposes: tuple[Name, ...] = Field(min_length=1)
    classes: tuple[Sensitivity, ...] = ()
    remote: bool = False


class Text(Declaration):
    """A text that a person is told or signs, with its version."""

    clause: Clause
    version: str = Field(min_length=1, max_length=16)
    text: str = Field(min_length=1)


class End(Declaration):
    """What ends the keeping: after ``event`` the material is destroyed, or returned, within the clock's time."""

    event: Name
    clause: Clause
    title: Wording
    clock: Name | None = None
    action: Literal["destroy", "return", "anonymise"]


class Proof(Declaration):
    """The document that is given afterwards, and to whom."""

    clause: Clause
    title: Wording
    to: Literal["subject", "owner"]


class Need(Declaration):
    """A step that a procedure can't be closed without. ``when``: in urgent cases only, in others only, or always;
    ``before``: it must be recorded ahead of that step."""

    step: Step
    clause: Clause
    when: Literal["always", "normal", "urgent"] = "always"
    before: Step | None = None


class Procedure(Declaration):
    """Incident, complaint, defect, legal demand, lead. Its clocks are those that ``<name>`` or ``<name>_urgent``
    starts; each step is an event ``<name>_<step>``. The notice goes ``to`` the person concerned or the owner.
    ``planned``: the day on which it is to be met is set when it begins; ``urgent_title``: what the urgent kind is."""

    name: Name
    clause: Clause
    title: Wording
    to: Literal["subject", "owner"]
    urgent_title: Wording = Wording(zh="紧急", en="urgent")
    planned: bool = False
    needs: tuple[Need, ...] = Field(min_length=1)

    def needed(self, urgent: bool) -> tuple[Need, ...]:
        """The steps of an urgent case, or of another."""
        out = "normal" if urgent else "urgent"
        return tuple(need for need in self.needs if need.when != out)
