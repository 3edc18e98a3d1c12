"""Who may see: persons who are named, who signed the commitment in its present version, were trained, whose signature
was filed with the owner, where the agreement asks for it; and what each of them may see.

A commitment is an sshsig signature (namespace custody-commitment) over its exact text, by the person's own key."""

from datetime import date, datetime
from pathlib import Path

from gateway.base.canonical import digest
from gateway.base.files import write_atomic
from gateway.base.sshsig import fingerprint, read_allowed_signers
from gateway.custody.refusal import Reason
from gateway.custody.room import Room, Stay
from gateway.custody.terms import Terms, demands, granted, material, named, purpose
from gateway.custody.views import Holding, Person
from gateway.model.custody import Rule

COMMITMENT = "custody-commitment"
FIRST = "first"
"""The occasion of a commitment that no handover asks for."""

Problem = tuple[Reason, str | None]
"""A reason and the clause that it rests on."""


def enrol(stay: Stay, agreement: str, person: str, public: str, letter: bytes | None = None) -> Person:
    """Records the key that a person signs with under this agreement. ``public``: the text of their .pub file.

    Keys are not shared between agreements, nor given to anyone. Another key in the place of one that is there needs
    ``letter``, the person's own word, recorded by digest."""
    terms = stay.compartment(agreement)
    _of(stay, terms, person)
    key = " ".join(public.split()[:2])
    read_allowed_signers(f"{person} {key}\n")  # raises ConfigurationError for what is no Ed25519 key
    known = stay.views.person(agreement, person)
    if known.key == key:
        return known
    others = [row for row in stay.views.persons.values() if row.key == key and row.agreement == agreement]
    if others or (known.key and letter is None):
        stay.refuse(Reason.KEY_TAKEN, agreement=agreement)
    body = {"agreement": agreement, "person": person, "key": key, "fingerprint": fingerprint(key)}
    stay.note("custody.enrolled", body | {"letter": digest(letter) if letter else None})
    return stay.views.person(agreement, person)


def commitment_text(terms: Terms, person: str, occasion: str = FIRST) -> bytes:
    """What ``person`` signs: the agreement, the version, the occasion and the text; the same bytes each time."""
    why = "首次上岗" if occasion == FIRST else f"交接 {occasion}"
    lines = (
        f"保密承诺书（{terms.title.zh}）",
        f"协议：{terms.id}  条款：{terms.commitment.clause}  版本：{terms.commitment.version}",
        f"承诺人：{person}  缘由：{why}",
        "",
        terms.commitment.text.strip(),
    )
    return ("\n".join(lines) + "\n").encode()


def commit(stay: Stay, agreement: str, text: bytes, signature: str, occasion: str = FIRST) -> Person:
    """Records the actor's own commitment. Refuses another's signature, and a text that is not the present one."""
    terms = stay.compartment(agreement)
    stay.signed_by(text, signature, COMMITMENT, stay.actor, None, agreement)
    if text != commitment_text(terms, stay.actor, occasion):
        stay.refuse(
            Reason.OLD_COMMITMENT,
            agreement=agreement,
            clause=terms.commitment.clause,
            next=f"gateway custody commit {agreement} --as {stay.actor}",
        )
    body = {
        "agreement": agreement,
        "person": stay.actor,
        "version": terms.commitment.version,
        "text": digest(text),
        "signature": digest(signature.encode()),
        "occasion": occasion,
    }
    path = commitment_path(stay.room, agreement, body["signature"])
    write_atomic(path.with_suffix(".txt"), text)
    write_atomic(path.with_suffix(".sig"), signature.encode())
    stay.note("custody.committed", body)
    return stay.views.person(agreement, stay.actor)


def commitment_path(room: Room, agreement: str, signature: str) -> Path:
    """Where a commitment's text (``.txt``) and signature (``.sig``) lie."""
    return room.folder / "commitments" / agreement / f"{signature[:16]}.txt"


def file_commitment(stay: Stay, agreement: str, person: str, letter: bytes) -> None:
    """Records that the present commitment of ``person`` was filed with the owner, by the digest of the letter."""
    terms = stay.compartment(agreement)
    signed = stay.views.person(agreement, person).signed
    if signed is None:
        stay.refuse(Reason.NO_COMMITMENT, agreement=agreement, clause=terms.commitment.clause)
    body = {"agreement": agreement, "person": person, "signature": signed.signature, "letter": digest(letter)}
    stay.note("custody.filed", body)


def train(stay: Stay, agreement: str, person: str, at: datetime, record: bytes) -> None:
    """Records a training, by the digest of its record."""
    _of(stay, stay.compartment(agreement), person)
    body = {"agreement": agreement, "person": person, "at": at.isoformat(), "record": digest(record)}
    stay.note("custody.trained", body)


def consent(stay: Stay, agreement: str, person: str, letter: bytes) -> None:
    """Records that the owner consents to a remote supporter, by the digest of the letter."""
    _of(stay, stay.compartment(agreement), person)
    stay.note("custody.consented", {"agreement": agreement, "person": person, "letter": digest(letter)})


def revoke(stay: Stay, agreement: str, person: str, reason: str) -> None:
    """Takes a person's right away, at once; a new commitment gives it back."""
    _of(stay, stay.compartment(agreement), person)
    stay.note("custody.revoked", {"agreement": agreement, "person": person, "reason": reason})


def _of(stay: Stay, terms: Terms, person: str) -> None:
    if named(terms, person) is None:
        stay.refuse(Reason.NOT_NAMED, agreement=terms.id)


def unfit(terms: Terms, person: Person, day: date) -> Problem | None:
    """Why a person may see nothing under this agreement on ``day``, or None."""
    who = named(terms, person.id)
    if who is None:
        return Reason.NOT_NAMED, None
    if not who.since <= day <= (who.until or date.max):
        return Reason.NOT_SERVING, who.clause
    if person.signed is None:
        return Reason.NO_COMMITMENT, terms.commitment.clause
    if person.revoked is not None:
        return Reason.REVOKED, None
    if person.signed.version != terms.commitment.version:
        return Reason.OLD_COMMITMENT, terms.commitment.clause
    filed, trained = demands(terms, Rule.COMMITMENT_FILED), demands(terms, Rule.TRAINED)
    if filed and person.filed != person.signed.signature:
        return Reason.NOT_FILED, filed.clause
    if trained and person.trained is None:
        return Reason.NOT_TRAINED, trained.clause
    return None


def barred(terms: Terms, person: Person, holding: Holding, wanted: str, day: date) -> Problem | None:
    """Why a person may not see this holding for the purpose ``wanted`` on ``day``, or None."""
    if problem := unfit(terms, person, day):
        return problem
    use, kind, grant = purpose(terms, wanted), material(terms, holding.material), granted(terms, person.id)
    if use is None:
        return Reason.PURPOSE_UNKNOWN, None
    if kind is None or wanted not in kind.needed_for:
        return Reason.OUTSIDE_PURPOSE, use.clause
    if grant is None or wanted not in grant.purposes:
        return Reason.PURPOSE_NOT_GRANTED, use.clause
    if grant.remote and person.consent is None:
        rule = demands(terms, Rule.SUPPORTERS_LISTED)
        return Reason.NO_CONSENT, rule.clause if rule else None
    if not {row for row in holding.classes if row.sensitive} <= set(grant.classes):
        return Reason.CLASS_NOT_GRANTED, kind.clause
    return None
