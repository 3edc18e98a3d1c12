"""The custody room of a deployment: its agreements, the ledger, clocks and keys; nothing of a release is loaded."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.agreement import (
    Calendar,
    CustodyTerms,
    Happening,
    Running,
    Standing,
    fold,
    react,
    reckon,
    standing,
)
from gateway.agreement.clockwork import WORDING
from gateway.base.errors import ConfigurationError, PersonalDataError
from gateway.base.keyring import Keyring
from gateway.base.lock import exclusive
from gateway.custody import Clocked, HoldingKeys, Named, Noted, Purpose, Room, Terms, Told, Vault
from gateway.ledger import Ledger
from gateway.release.site.deployment import LEDGER_ANCHOR, SIGNING_KEY
from gateway.release.site.office import load_office


def custody_room(root: Path, now: datetime) -> Room:
    """The room of the deployment in ``root``. Raises ConfigurationError when it has no agreement on custody."""
    office = load_office(root, now)
    agreements = tuple(row for row in office.further if isinstance(row, CustodyTerms))
    if not agreements:
        raise ConfigurationError(
            "gateway.toml 的 further_agreements 中没有保管协议",
            "gateway.toml lists no agreement on custody under further_agreements",
            next=("补上协议文件名", "add the agreement files' names"),
        )
    root, settings = office.root, office.settings
    keyring, var = Keyring(root / settings.store.keyring), root / settings.store.var
    ledger = Ledger(var / "ledger.db", keyring.folder / LEDGER_ANCHOR)
    folder = var / "custody"
    return Room(
        folder=folder,
        terms={row.id: _terms(row) for row in agreements},
        record=ledger,
        clocks=Engine(agreements={row.id: row for row in agreements}, calendar=office.calendar),
        vault=Vault(folder=folder, keys=HoldingKeys(root / settings.custody.keys, keyring)),
        signing=lambda: keyring.get(SIGNING_KEY),
        new_id=_new_id,
        lock=lambda: exclusive(var / "lock"),
    )


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The clock engine, for custody."""

    agreements: dict[str, CustodyTerms]
    calendar: Calendar

    def steps(self, entries: Sequence[Noted], told: Told, now: datetime) -> list[tuple[str, dict[str, Any]]]:
        """The records by which the event starts and stops clocks; none when it was told already or concerns none."""
        agreement, event, subject, at, sets = told
        terms = self.agreements[agreement]
        if not any(event in (clock.started_by, clock.stopped_by) for clock in terms.all_clocks):
            return []
        happening = Happening(event=event, subject=subject, at=at, sets=sets)
        found = react(terms, fold(entries), happening, calendar=self.calendar, now=now)
        return [(step.kind, step.body) for step in found]

    def about(self, entries: Sequence[Noted], agreement: str, subject: str, now: datetime) -> list[Clocked]:
        """The clocks that were ever started about ``subject``, in order."""
        found = fold(entries).values()
        return [self._clocked(one, now) for one in found if one.agreement == agreement and one.subject == subject]

    def _clocked(self, one: Running, now: datetime) -> Clocked:
        reckoned, stands = reckon(one, self.calendar), standing(one, self.calendar, now)
        return Clocked(
            name=one.rule.name,
            clause=one.rule.clause,
            title=one.rule.title,
            due=None if stands is Standing.PERMANENT else reckoned.due,
            stands=WORDING[stands],
            met=stands is Standing.MET,
        )


def check_anonymous(path: Path) -> None:
    """Raises PersonalDataError when personal data is found in what is said to be anonymous, or it can't be searched."""
    from gateway.privacy import scan_paths

    scan = scan_paths([path])
    if scan.findings or scan.not_searched:
        raise PersonalDataError(
            f"所称匿名化文件中发现 {len(scan.findings)} 处个人信息，或未能检查",
            f"{len(scan.findings)} findings of personal data in what is called anonymous, or it can't be searched",
            safe=("材料没有改动", "nothing was changed"),
            next=f"gateway scan {path}",
        )


def _terms(found: CustodyTerms) -> Terms:
    return Terms(
        id=found.id,
        title=found.title,
        holder=found.parties.holder.name,
        principal=found.parties.owner.name,
        clauses=found.clauses,
        persons=[
            Named(id=row.id, clause=row.clause, title=row.title, since=row.since, until=row.until)
            for row in found.persons
        ],
        owner=found.owner_signs,
        purposes=[Purpose(name=row.name, clause=row.clause, title=row.title) for row in found.purposes],
        materials=found.materials,
        rules=found.rules,
        places=found.places,
        grants=found.grants,
        told=found.told,
        commitment=found.commitment,
        ends=found.ends,
        proof=found.proof,
        procedures=found.procedures,
    )


def _new_id(letter: str) -> str:
    """``h-`` and ten random letters and digits: 50 bits, so that an id is never used twice, whatever was restored."""
    return f"{letter}-{base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]}"
