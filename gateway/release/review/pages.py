"""The stewards' pages of a release: what is withheld in each table and why. Secret: they stay on the platform."""

from gateway import statistics
from gateway.base.language import is_chinese
from gateway.disclosure import month_pages
from gateway.model.cells import Mark, Place, Status
from gateway.model.release import ReleaseId
from gateway.release.build.build import Build
from gateway.release.history.cellfiles import read_cells
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment


def pages(build: Build) -> dict[str, bytes]:
    """A page for each measure of each table, by file name; compared with the month before, where that was delivered.

    Raises IntegrityError when the release was not built, or a file of it is damaged."""
    deployment, store = build.deployment, build.store
    return month_pages(
        read_cells(store.get_json("cells.json"), deployment.tables),
        build.figures.protection,
        deployment.hierarchies,
        statistics.read_parts(store.get("parts.parquet")),
        build.figures.before,
        previous=_previous(deployment, build.release),
        chinese=is_chinese(),
    )


def _previous(deployment: Deployment, release: ReleaseId) -> dict[str, dict[str, dict[Place, Status]]] | None:
    """How the tables of the month before were shown; None where it was not delivered."""
    before = History(deployment).month(release.period.previous)
    if before is None:
        return None
    return {
        table.spec.name: {
            measure.name: {
                place: Status.PUBLISHED if row[measure.name].mark is Mark.NORMAL else Status.SECONDARY
                for place, row in table.rows.items()
            }
            for measure in table.spec.measures
        }
        for table in before.tables
    }
