"""What a statistical table is: declared in ``pipelines/tables/*.toml``, never programmed.

A figure that disclosure control can't reason about can't be written down here: every measure names its feed, its
contributor and its disclosure model; ratios and the like are derived from published figures afterwards."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Declaration(BaseModel):
    """Strict and frozen: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(Declaration):
    """A title or definition in both languages."""

    zh: str
    en: str


class Kind(StrEnum):
    """The vocabulary of measures."""

    COUNT = "count"  # rows of the feed
    SUM = "sum"  # Σ of an integer column; a missing value adds nothing
    DISTINCT = "distinct"  # contributors


class Contributor(StrEnum):
    """Whose figures make up a cell, hence whom disclosure control protects."""

    EMPLOYER = "employer"  # at the level of the employer group (holding)
    WORKER = "worker"  # persons


CONTRIBUTOR_COLUMN = {Contributor.EMPLOYER: "employer_group", Contributor.WORKER: "worker"}
"""The key column of a feed that names the contributor."""


class Model(StrEnum):
    """The disclosure model of a measure (FIELD 8)."""

    BUSINESS = "business"  # minimum number of employer groups, p%
    PERSONS = "persons"  # minimum number of persons; p% never applies


class Dimension(Declaration):
    """A dimension: which hierarchy, which of its levels are shown, from which column of the feeds.

    ``multi_valued``: a contributor can stand in several codes at once, so parts do not add up to the total; the total
    counts each contributor once."""

    name: Name
    title: Wording
    hierarchy: Name
    levels: tuple[str, ...] = Field(min_length=1)
    multi_valued: bool = False


class FollowedBy(Declaration):
    """Only rows for which a row with this ``where`` and the same ``on`` exists in the period, at or after ``time``."""

    where: dict[Name, str] = Field(min_length=1)
    on: tuple[Name, ...] = Field(min_length=1)
    time: Name


class Without(Declaration):
    """Only rows of which this is not so: what is left of a whole when a part of it is taken away."""

    where: dict[Name, str] = Field(default_factory=dict)
    followed_by: FollowedBy | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Without":
        if not self.where and self.followed_by is None:
            raise ValueError("nothing says which rows are left out")
        return self


class Measure(Declaration):
    """A count or sum over contributors: the only thing that is protected and published as such.

    ``repeats``: dimensions in which one contributor can stand in several codes *for this measure* although each row
    has one (a worker applies in two industries): a distinct count does not add up along them."""

    name: Name
    title: Wording
    unit: Wording
    definition: Wording
    feed: Name
    kind: Kind
    column: Name | None = None
    where: dict[Name, str] = Field(default_factory=dict)
    followed_by: FollowedBy | None = None
    without: Without | None = None
    contributor: Contributor
    model: Model
    repeats: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "Measure":
        if (self.kind is Kind.SUM) != (self.column is not None):
            raise ValueError("a sum names its column, and nothing else does")
        if (self.model is Model.PERSONS) != (self.contributor is Contributor.WORKER):
            raise ValueError("persons are protected by the persons model, employers by the business model")
        if self.kind is Kind.DISTINCT and self.model is Model.BUSINESS:
            raise ValueError("a number of employers is not a measure that can be protected yet")
        if self.repeats and self.kind is not Kind.DISTINCT:
            raise ValueError("only a distinct count can repeat along a dimension")
        return self

    def columns(self, dimensions: tuple[Dimension, ...]) -> set[str]:
        """The feed's columns that this measure reads in a table with ``dimensions``."""
        names = {*self.where, *(d.name for d in dimensions), CONTRIBUTOR_COLUMN[self.contributor]}
        if self.column:
            names.add(self.column)
        if self.without:
            names |= {*self.without.where}
        for follows in (self.followed_by, self.without.followed_by if self.without else None):
            if follows:
                names |= {*follows.where, *follows.on, follows.time}
        return names

    @property
    def counted(self) -> str:
        """What is counted or summed: measures of one population that count the same are the same number."""
        return f"{self.kind}:{self.column or ''}"

    @property
    def population(self) -> str:
        """Names the rows and contributors that this measure describes: measures with equal populations share one
        status in every cell (DESIGN, decision 2)."""
        parts = [self.feed, *_conditions(self.where, self.followed_by)]
        if self.without:
            parts.append(f"without({'/'.join(_conditions(self.without.where, self.without.followed_by))})")
        return "/".join([*parts, self.contributor.value])


def _conditions(where: dict[str, str], follows: FollowedBy | None) -> list[str]:
    parts = [f"{k}={v}" for k, v in sorted(where.items())]
    if follows:
        later = ",".join(f"{k}={v}" for k, v in sorted(follows.where.items()))
        parts.append(f"followed_by:{later}:{','.join(follows.on)}:{follows.time}")
    return parts


class Ratio(Declaration):
    """numerator ÷ denominator (× 100 when ``percent``), half up."""

    kind: Literal["ratio"]
    name: Name
    title: Wording
    unit: Wording
    definition: Wording
    numerator: Name
    denominator: Name
    percent: bool = False
    decimals: int = Field(ge=0, le=4)


class Share(Declaration):
    """% of the same place's total along a dimension, half up."""

    kind: Literal["share"]
    name: Name
    title: Wording
    unit: Wording
    definition: Wording
    measure: Name
    along: Name
    decimals: int = Field(ge=0, le=4)


class Change(Declaration):
    """环比: % change of a measure on the month before, half up; missing where the month before was not released."""

    kind: Literal["change"]
    name: Name
    title: Wording
    unit: Wording
    definition: Wording
    measure: Name
    decimals: int = Field(ge=0, le=4)


class Quartile(Declaration):
    """A quartile interpolated from the published counts of the bands below a node (linear within the band)."""

    kind: Literal["quartile"]
    name: Name
    title: Wording
    unit: Wording
    definition: Wording
    measure: Name
    along: Name
    quarter: Literal[1, 2, 3]


Derived = Annotated[Ratio | Share | Change | Quartile, Field(discriminator="kind")]


class TableSpec(Declaration):
    """One statistical table.

    ``structural_zeros``: places (a dimension left out is its top) at which, as everybody knows, nothing can be.
    ``rounding``: every figure is published as a multiple of this base and none is withheld; for persons only."""

    name: Name
    title: Wording
    clause: str
    definition: Wording
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    measures: tuple[Measure, ...] = Field(min_length=1)
    derived: tuple[Derived, ...] = ()
    structural_zeros: tuple[dict[Name, str], ...] = ()
    rounding: int | None = Field(default=None, ge=3, le=1000)

    @model_validator(mode="after")
    def _fits(self) -> "TableSpec":
        columns = [d.name for d in self.dimensions] + [m.name for m in self.measures] + [d.name for d in self.derived]
        if len(columns) != len(set(columns)):
            raise ValueError("a name stands for two columns")
        if self.rounding is not None and any(m.model is not Model.PERSONS for m in self.measures):
            raise ValueError("rounding is for counts of persons")
        if any(not zero or not zero.keys() <= {d.name for d in self.dimensions} for zero in self.structural_zeros):
            raise ValueError("a structural zero is a code for some of the table's dimensions")
        measures, dimensions = {m.name for m in self.measures}, {d.name for d in self.dimensions}
        for derived in self.derived:
            terms = {derived.numerator, derived.denominator} if isinstance(derived, Ratio) else {derived.measure}
            if not terms <= measures:
                raise ValueError(f"{derived.name}: derived from something that is not a measure of this table")
            if isinstance(derived, Share | Quartile) and derived.along not in dimensions:
                raise ValueError(f"{derived.name}: along something that is not a dimension of this table")
        for measure in self.measures:
            if measure.kind is not Kind.DISTINCT and any(d.multi_valued for d in self.dimensions):
                raise ValueError(
                    f"{measure.name}: only distinct contributors can be counted in a multi-valued dimension"
                )
            if not set(measure.repeats) <= dimensions:
                raise ValueError(f"{measure.name}: repeats along something that is not a dimension of this table")
        return self

    def additive(self, measure: Measure, dimension: Dimension) -> bool:
        """Whether ``measure`` adds up to its total along ``dimension``."""
        return not dimension.multi_valued and dimension.name not in measure.repeats
