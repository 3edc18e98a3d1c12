"""What no proof needs is published: of a pattern against any insider, no secondary cell can be spared by itself."""

from hypothesis import given, settings

from gateway.disclosure import audit
from gateway.model.cells import Status
from tests.disclosure import contributor_worlds as worlds
from tests.disclosure.contributors import Table


@settings(max_examples=25, deadline=None)
@given(worlds.businesses())
def test_no_secondary_cell_can_be_published_again(table: Table) -> None:
    result = table.protected()
    names = [axis.name for axis in result.spec.dimensions]
    columns = {name: [cell.place[at] for cell in result.cells] for at, name in enumerate(names)}
    marks = ["A" if cell.status is Status.PUBLISHED else "C" for cell in result.cells]
    assert audit({**columns, "mark": marks}, table.columns, table.declaration) == []
    for at, cell in enumerate(result.cells):
        if cell.status is Status.SECONDARY:
            shown = [*marks[:at], "A", *marks[at + 1 :]]
            assert audit({**columns, "mark": shown}, table.columns, table.declaration)
