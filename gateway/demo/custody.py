"""A year of custody under four agreements, driven by a fixed clock: the real room, real keys; material and people are
made up."""

from datetime import datetime
from pathlib import Path

from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.sshsig import generate_key, public_line
from gateway.custody import enrol
from gateway.release.founding import found
from gateway.release.keeping import custody_room

AGREEMENTS = ("hardship-000", "education-001", "legal-002", "medical-003")


def found_custody(root: Path, people: Keyring, start: datetime) -> Path:
    """A deployment under the four agreements, everybody's key made up and recorded."""
    found(
        root,
        agreement="siping-004",
        operator="operator_a",
        sender="lhyg_gateway",
        host="127.0.0.1",
        port=1,
        user="demo",
        now=start,
    )
    listed = ", ".join(f'"agreements/{name}.toml"' for name in AGREEMENTS)
    path = root / "gateway.toml"
    text = path.read_text(encoding="utf-8").replace("agreements = []", f"agreements = [{listed}]")
    write_atomic(path, text.encode())
    for terms in custody_room(root).terms.values():
        with custody_room(root).stay(terms.persons[0].id, start) as stay:
            for person in terms.persons:
                if not people.has(person.id):
                    people.put(person.id, generate_key())
                enrol(stay, terms.id, person.id, public_line(people.get(person.id)))
    return root
