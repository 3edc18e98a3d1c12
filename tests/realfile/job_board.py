"""The real file, the code lists derived from it, and a deployment that reads it where it lies."""

import csv
import io
import json
import shutil
from datetime import datetime
from pathlib import Path

from gateway.base.keyring import Keyring
from gateway.base.sshsig import APPROVAL, RECEIPT, generate_key, public_line
from gateway.model.period import ZONE, Period
from gateway.release.history.chain import History
from gateway.release.site.deployment import LOGIN_KEY, Deployment, load_deployment
from gateway.release.upkeep.founding import found
from gateway.release.upkeep.keys import accept
from tests.realfile import plain
from tests.servers import Sshd

HERE = Path(__file__).resolve().parent
REPOSITORY = next(folder for folder in HERE.parents if (folder / "pyproject.toml").is_file())
FILE = REPOSITORY.parent / "shared" / "data" / "51job-2019" / "postings.gb18030.csv"
SHIPPED_PAY = REPOSITORY / "pipelines" / "codes" / "pay.csv"
PERIOD = Period(year=2019, month=9)
RECIPIENT = "manager_a"
STEWARDS = ("steward_a", "steward_b")


def real_file() -> Path:
    """The file. Without it nothing here is proved, so its absence is a failure."""
    if not FILE.is_file():
        raise FileNotFoundError(
            "the real postings are missing: they may not lie in this repository, and are read at "
            "../shared/data/51job-2019/postings.gb18030.csv beside it"
        )
    return FILE


def now() -> datetime:
    return datetime.now(ZONE).replace(microsecond=0)


def write_lists(folder: Path, rows: list[plain.Row]) -> plain.Codes:
    """Region and industry lists from the file's own rows, the shipped pay bands beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    regions = [("code", "name", "level", "parent")]
    for number, (city, districts) in enumerate(plain.places(rows).items(), start=1):
        code = f"C{number:03}"
        regions.append((code, city, "city", "100000"))
        for place, district in enumerate(districts, start=1):
            regions.append((f"{code}-{place:02}", f"{city}-{district}", "district", code))
    industries = [("code", "name")]
    industries += [(f"I{number:02}", name) for number, name in enumerate(plain.industries(rows), start=1)]
    for name, lines in (("regions", regions), ("industries", industries)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    shutil.copy(SHIPPED_PAY, folder / "pay.csv")
    return plain.Codes(
        regions={line[1]: line[0] for line in regions[1:]}, industries={line[1]: line[0] for line in industries[1:]}
    )


def found_deployment(root: Path, rows: list[plain.Row], server: Sshd, people: Keyring) -> Deployment:
    """A new deployment with these declarations in place of the shipped ones, its people's keys and its inbox."""
    found(
        root,
        agreement="job-board-2019",
        operator="operator_a",
        sender="job_board_gateway",
        host=server.host,
        port=server.port,
        user=server.user,
        now=now(),
    )
    for name in ("agreements", "pipelines", "expectations"):
        shutil.rmtree(root / name)
    copies = {
        "agreement.toml": "agreements/job-board-2019.toml",
        "monthly.toml": "pipelines/monthly.toml",
        "source.toml": "pipelines/sources/job_board.toml",
        "tables": "pipelines/tables",
        "expectations": "expectations",
    }
    for name, place in copies.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (HERE / name).is_dir() else shutil.copy)(HERE / name, root / place)
    write_lists(root / "pipelines" / "codes", rows)
    settings = (root / "gateway.toml").read_text(encoding="utf-8")
    for old, new in (
        ('"extract"', str(real_file().parent)),
        ('"/inbox"', str(server.folder / "inbox")),
        ('"/receipts"', str(server.folder / "receipts")),
    ):
        settings = settings.replace(old, json.dumps(new))
    (root / "gateway.toml").write_text(settings, encoding="utf-8")
    Keyring(root / "keyring").put(LOGIN_KEY, server.private_key)
    (root / "keys" / "known_hosts").write_text(server.known_hosts, encoding="utf-8")
    with (root / "keys" / "allowed_signers").open("a", encoding="utf-8") as signers:
        for name, namespace in ((STEWARDS[0], APPROVAL), (STEWARDS[1], APPROVAL), (RECIPIENT, RECEIPT)):
            people.put(name, generate_key())
            signers.write(f'{name} namespaces="{namespace}" {public_line(people.get(name))}\n')
    deployment = load_deployment(root, now())
    accept(deployment, now())
    History(deployment).begin([], now())
    return deployment
