"""Plain copies of a release's draft files. One of the two places that write data in plain text, and says so."""

from pathlib import Path

from gateway.base.files import PRIVATE, write_atomic
from gateway.release.build import OPEN_NAMES
from gateway.release.deployment import Deployment
from gateway.release.drafts import Drafts


def export(deployment: Deployment, release: str, out: Path) -> list[Path]:
    """Writes the workbook, tables, dictionary, metadata and validation page to ``out``, readable by this user only."""
    drafts = Drafts.read(deployment.store(release, OPEN_NAMES))
    paths = [out / name for name in drafts.contents]
    for path, data in zip(paths, drafts.contents.values(), strict=True):
        write_atomic(path, data, mode=PRIVATE)
    return paths
