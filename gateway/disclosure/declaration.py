"""The declaration of one contributor-level table (``gateway protect --spec``), read strictly."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gateway.base.spreadsheets import STARTS_FORMULA
from gateway.base.toml import Fault, wrong
from gateway.disclosure.rules import Parameters
from gateway.model.table import Model

TOTAL = "Total"
"""The code of the top of every dimension."""
Column = Annotated[str, StringConstraints(min_length=1)]
Largest = Annotated[int, Field(ge=1, le=2)]
"""How many of the largest contributors a dominance rule adds up; a figure knows two."""
Percent = Annotated[int, Field(ge=1, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Axis(_Strict):
    """A dimension: its levels are columns of the file, from below the top down.

    ``shown``: the levels of which figures are published, ``Total`` for the top; all of them when it is left out."""

    name: Column
    levels: tuple[Column, ...] = Field(min_length=1)
    shown: tuple[Column, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Axis":
        if self.name in ("value", "status", "mark", "rounded"):
            raise wrong(Fault(("name",), "是输出文件中的列名", "is a column of the files that are written"))
        if self.name.startswith(STARTS_FORMULA):
            raise wrong(Fault(("name",), "以公式符号开头", "begins like a formula"))
        if self.shown is not None and not (self.shown and set(self.shown) <= {TOTAL, *self.levels}):
            raise wrong(Fault(("shown",), "只能是 levels 中的列或 Total", "names a level that is not in levels"))
        return self

    def shows(self, level: str) -> bool:
        """Whether figures of a level (or of the top, ``Total``) are published."""
        return self.shown is None or level in self.shown


class Limits(_Strict):
    """The primary rules' parameters. Confidential.

    ``insiders``: who attacks from their own parts: ``any`` contributor group but the largest, or only the ``second``
    largest of each sensitive cell (as the peers' audits have it); where several share that place, or the largest part,
    each of them. ``group_disclosure``: persons only; zeros
    are withheld where one category holds everyone."""

    minimum_groups: int = Field(default=3, ge=2, repr=False)
    minimum_persons: int = Field(default=10, ge=2, repr=False)
    p_percent: int = Field(default=15, ge=1, le=100, repr=False)
    dominance: tuple[Largest, Percent] | None = Field(default=None, repr=False)
    insiders: Literal["any", "second"] = "any"
    group_disclosure: bool = False

    @property
    def parameters(self) -> Parameters:
        """The parameters as the rules take them."""
        return Parameters(
            minimum_persons=self.minimum_persons,
            minimum_groups=self.minimum_groups,
            p_percent=self.p_percent,
            dominance=self.dominance,
        )


class Rounding(_Strict):
    """Every figure is published as a multiple of ``base`` and none is withheld (``rounding``)."""

    base: int = Field(ge=3, le=1000)


class Declaration(_Strict):
    """One table over contributors: its dimensions, its measure, and the rules.

    ``structural_zeros``: places (a dimension left out is its top) at which, as everybody knows, nothing can be.
    ``rounding``: instead of withholding cells; for counts of persons only."""

    format: Literal["gateway-protect/1"]
    model: Model = Model.BUSINESS
    group: Column
    value: Column
    dimensions: tuple[Axis, ...] = Field(min_length=1)
    rules: Limits = Limits()
    structural_zeros: tuple[dict[Column, Column], ...] = ()
    rounding: Rounding | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Declaration":
        columns = [self.group, self.value, *(level for axis in self.dimensions for level in axis.levels)]
        if len(columns) != len(set(columns)) or len({a.name for a in self.dimensions}) != len(self.dimensions):
            raise wrong(Fault(("dimensions",), "同一列用了两次", "a column is used twice"))
        if self.rounding is not None and self.model is not Model.PERSONS:
            raise wrong(Fault(("rounding",), "取整只用于人数（persons）", "rounding is for counts of persons"))
        if self.rules.group_disclosure and (self.model is not Model.PERSONS or self.rounding is not None):
            fault = "只用于不取整的人数（persons）", "is for counts of persons that are not rounded"
            raise wrong(Fault(("rules", "group_disclosure"), *fault))
        names = {axis.name for axis in self.dimensions}
        if any(not zero or not zero.keys() <= names for zero in self.structural_zeros):
            raise wrong(Fault(("structural_zeros",), "应为 维度 = 代码", "should be dimension = code"))
        return self

    @property
    def structure(self) -> dict[str, object]:
        """What has to be the same for two releases to be one system. Exact and rounded figures, or figures rounded to
        two bases, never are: the one would tell what the other hides."""
        axes = [{"name": axis.name, "levels": list(axis.levels)} for axis in self.dimensions]
        rules = self.rules.model_dump(mode="json")
        found = {
            "model": self.model.value,
            "group": self.group,
            "value": self.value,
            "dimensions": axes,
            "rules": rules,
        }
        zeros = {"structural_zeros": [dict(zero) for zero in self.structural_zeros]} if self.structural_zeros else {}
        return found | zeros | ({"rounding": self.rounding.base} if self.rounding else {})
