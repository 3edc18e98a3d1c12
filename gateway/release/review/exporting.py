"""Plain copies of a release's files. One of the two places that write data in plain text, and says so."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from gateway.base.errors import TermsError
from gateway.base.files import PRIVATE, write_atomic
from gateway.release.build.corridor import Book, build_of
from gateway.release.build.drafts import Drafts
from gateway.release.build.proving import MATERIAL, SECRET
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.review.pages import pages
from gateway.release.site.deployment import Deployment

CERTIFICATE = "certificate.secret.json"


def export(deployment: Deployment, release: str, out: Path) -> list[Path]:
    """Writes the workbook, tables, dictionary, metadata, validation page and public certificate to ``out``, readable by
    this user only."""
    return _write(Drafts.read(deployment.store(release, OPEN_NAMES)).contents, out)


def export_secret(deployment: Deployment, release: str, out: Path, steward: str, now: datetime) -> list[Path]:
    """Writes the secret side to ``out``: the pages that show what is withheld and why, the secret certificate, and what
    it was proved from. Raises TermsError for whoever is no data steward of the agreement."""
    if steward not in deployment.terms.stewards:
        raise TermsError(
            f"{steward} 不是协议指定的数据审核员：保密资料只给数据审核员",
            f"{steward} is no data steward of the agreement: the secret side is for stewards only",
            safe=("没有写出任何文件", "no file was written"),
        )
    book = Book.read(deployment)
    book.view(release)
    build = build_of(deployment, book, release, lambda stage, done: None)
    secret = {CERTIFICATE: build.store.get(SECRET), MATERIAL: build.store.get(MATERIAL)}
    return _write(pages(build) | secret, out)


def _write(files: Mapping[str, bytes], out: Path) -> list[Path]:
    paths = [out / name for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        write_atomic(path, data, mode=PRIVATE)
    return paths
