"""The stewards' pages of a month: each measure of each table as ``page`` draws it, with the code lists' wordings.

Secret, like every such page. The risk before is that of an outsider who knows all that is published of the whole
release, when only its sensitive cells are withheld."""

from collections.abc import Mapping, Sequence

import numpy as np

from gateway.disclosure.declaration import TOTAL, Axis, Declaration, Limits
from gateway.disclosure.intervals import grid_of
from gateway.disclosure.microdata import Microdata
from gateway.disclosure.month import Before, Protection, completed, jointly
from gateway.disclosure.nested import Joint
from gateway.disclosure.page import Drawing, draw
from gateway.disclosure.protect import ProtectedCell
from gateway.disclosure.risk import Risk, risk_of
from gateway.disclosure.rules import Parameters
from gateway.disclosure.suppress import sensitive
from gateway.model.cells import ZERO, Cells, Key, Parts, Place, Protected, Status, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Dimension, Measure, Model, TableSpec

Shown = Mapping[str, Mapping[str, Mapping[Place, Status]]]
"""Table → measure → place → status."""
_LEVELS = {
    "city": ("地级市", "City"),
    "county": ("县（市、区）", "County"),
    "district": ("区县", "District"),
    "township": ("乡镇街道", "Township"),
    "section": ("行业门类", "Section"),
    "division": ("行业大类", "Division"),
    "unit": ("计薪方式", "Pay unit"),
    "band": ("分组", "Band"),
    "skill": ("技能", "Skill"),
}
"""What the levels of the shipped code lists are called; another level is called by its name in the list."""


def month_pages(
    tables: Sequence[Cells],
    protection: Protection,
    hierarchies: Mapping[str, Hierarchy],
    parts: Parts,
    before: Before,
    *,
    previous: Shown | None = None,
    chinese: bool = True,
) -> dict[str, bytes]:
    """The pages by file name, UTF-8. ``previous``: how the tables of the month before were shown, where there are any;
    without it nothing is said of changes. A table that is rounded withholds nothing, and has no page."""
    parameters = Parameters(**protection.certificate["rules"])
    empty = completed(tables, hierarchies, parameters, before)
    joints = [joint for joint, _ in jointly(empty, hierarchies, parameters, parts, before)]
    risks = _Risks(joints, parameters)
    found = {}
    marked = {one.spec.name: one for one in protection.tables}
    for cells in empty.tables:
        protected = marked[cells.spec.name]
        for measure in cells.spec.measures:
            drawing = _drawing(cells, protected, measure, hierarchies, parameters, chinese)
            keys = {
                key_of(cells.spec, place, hierarchies)
                for place, status in protected.status[measure.name].items()
                if status is Status.PRIMARY
            }
            earlier = (previous or {}).get(cells.spec.name, {}).get(measure.name)
            found[f"{cells.spec.name}.{measure.name}.html"] = draw(
                drawing,
                risks.of(measure, keys),
                name=_wording(cells.spec, measure, chinese),
                previous=None if earlier is None else _placed(earlier, cells.spec, hierarchies),
                chinese=chinese,
            )
    return found


class _Risks:
    """The risk before, system by system: each is looked at once."""

    def __init__(self, joints: Sequence[Joint], parameters: Parameters) -> None:
        self._joint = {name: joint for joint in joints for name in joint.members}
        self._parameters = parameters

    def of(self, measure: Measure, keys: set[Key]) -> Risk:
        """That of the sensitive cells ``keys`` of a measure."""
        joint = self._joint[measure.population]
        population = joint.population
        rules = self._parameters.rules(population.model)
        exact = population.exact
        primary = sensitive(exact, rules)
        values = {k: kinds[measure.counted] for k, kinds in population.figures.items() if measure.counted in kinds}
        names, grid = grid_of(population, measure.counted, values, rules, primary)
        withheld = np.array([name in primary or name in population.held for name in names])
        asked = {key | joint.members[measure.population] for key in keys}
        return risk_of(grid, [at for at, name in enumerate(names) if name in asked], withheld)


def _drawing(
    cells: Cells,
    protected: Protected,
    measure: Measure,
    hierarchies: Mapping[str, Hierarchy],
    parameters: Parameters,
    chinese: bool,
) -> Drawing:
    spec, model = cells.spec, measure.model
    rules = parameters.rules(model)
    drawn = []
    for place, figure in sorted(cells.figures[measure.name].items()):
        status = protected.status[measure.name].get(place, Status.PUBLISHED)
        if figure == ZERO and status is Status.PUBLISHED:
            continue  # a published zero is not listed
        broken = tuple(rule.name for rule in rules if status is Status.PRIMARY and rule.sensitive(figure))
        drawn.append(
            ProtectedCell(place=_place(place, spec, hierarchies), value=figure.value, status=status, rules=broken)
        )
    lists = [hierarchies[dimension.hierarchy] for dimension in spec.dimensions]
    return Drawing(
        spec=_declaration(spec, model, parameters),
        cells=tuple(drawn),
        records=Microdata(codes=(), groups=(), values=(), above=tuple(map(_above, spec.dimensions, lists))),
        titles=tuple(d.title.zh if chinese else d.title.en for d in spec.dimensions),
        labels=tuple(
            {TOTAL if node is one.top else node.code: node.label if chinese else node.label_en for node in one.nodes}
            for one in lists
        ),
        levels=tuple({node.code: node.level for node in one.nodes} for one in lists),
        level_names={level: zh if chinese else en for level, (zh, en) in _LEVELS.items()},
    )


def _declaration(spec: TableSpec, model: Model, parameters: Parameters) -> Declaration:
    """The table as ``gateway protect`` would declare it: for its page only, so that nothing has to be asked of it."""
    axes = tuple(
        Axis.model_construct(name=dimension.name, levels=dimension.levels[1:], shown=None)
        for dimension in spec.dimensions
    )
    limits = Limits.model_construct(
        minimum_groups=parameters.minimum_groups,
        minimum_persons=parameters.minimum_persons,
        p_percent=parameters.p_percent,
        dominance=parameters.dominance,
        insiders=parameters.insiders,
        group_disclosure=False,
    )
    return Declaration.model_construct(
        format="gateway-protect/1", group="", value="", model=model, dimensions=axes, rules=limits
    )


def _above(dimension: Dimension, hierarchy: Hierarchy) -> dict[str, Place]:
    """Each lowest code's codes above it, up to ``Total``."""
    shown = hierarchy.at(dimension.levels)
    inner = {hierarchy.up(node.code, dimension.levels) for node in shown}
    found: dict[str, Place] = {}
    for node in shown:
        if node.code in inner:
            continue
        way: list[str] = []
        above = hierarchy.up(node.code, dimension.levels)
        while above is not None:
            way.append(TOTAL if above == hierarchy.top.code else above)
            above = hierarchy.up(above, dimension.levels)
        found[TOTAL if node is hierarchy.top else node.code] = tuple(way)
    return found


def _place(place: Place, spec: TableSpec, hierarchies: Mapping[str, Hierarchy]) -> Place:
    tops = [hierarchies[dimension.hierarchy].top.code for dimension in spec.dimensions]
    return tuple(TOTAL if code == top else code for code, top in zip(place, tops, strict=True))


def _placed(
    statuses: Mapping[Place, Status], spec: TableSpec, hierarchies: Mapping[str, Hierarchy]
) -> dict[Place, Status]:
    return {_place(place, spec, hierarchies): status for place, status in statuses.items()}


def _wording(spec: TableSpec, measure: Measure, chinese: bool) -> str:
    return f"{spec.title.zh}：{measure.title.zh}" if chinese else f"{spec.title.en}: {measure.title.en}"
