"""What the terms permit on a day: whether they are in force, which clauses, levels, hosts and recipients.

Refusals quote the clause. Exit 19."""

import unicodedata
from datetime import date

from gateway.agreement.exchange import Recipient
from gateway.agreement.terms import Agreement, Terms
from gateway.base.errors import TermsError
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec

_SAFE = ("未生成、未发送任何内容", "nothing was built or sent")


def in_force(terms: Agreement, day: date) -> bool:
    """Whether the agreement is in force on ``day``."""
    return terms.term.since <= day <= (terms.last_day or date.max)


def check_in_force(terms: Agreement, day: date) -> None:
    """Raises TermsError when the agreement is not in force on ``day``: nothing may be provided then (七, 八1)."""
    if in_force(terms, day):
        return
    term = terms.term
    end = terms.last_day
    raise TermsError(
        f"协议 {terms.id} 的期限为 {term.since} 至 {end},{day} 不在其内。"
        f"{_quote(terms, term.clause)}{_quote(terms, term.stop_clause)}",
        f"agreement {terms.id} is in force from {term.since} to {end}, not on {day}. "
        f"{_quote(terms, term.clause)}{_quote(terms, term.stop_clause)}",
        safe=_SAFE,
        next=("续签后更新协议文件的 term", "after a renewal, put the new term into the agreement file"),
    )


def check_clause(terms: Terms, clause: str) -> None:
    """Raises TermsError when ``clause`` is not one under which something may be sent (full-width brackets are read as
    plain ones)."""
    plain = unicodedata.normalize("NFKC", clause).strip()
    permitted = [row.clause for row in terms.scope.permitted]
    if plain in permitted:
        return
    quoted = _quote(terms, plain) if plain in terms.clauses else ""
    listed = "、".join(permitted)
    raise TermsError(
        f"协议 {terms.id} 不允许依据“{clause}”提供数据。{quoted}允许的条款：{listed}",
        f"agreement {terms.id} permits nothing under '{clause}'. {quoted}Permitted: {listed}",
        safe=_SAFE,
        next=("改正表的 clause,或另行签订补充协议", "mend the table's clause, or sign a supplementary agreement"),
    )


def levels(terms: Terms, dimension: str, day: date, table: str | None = None) -> tuple[str, ...]:
    """The levels of ``dimension`` that may be shown on ``day``, in ``table`` (None: what holds in all tables).

    Raises TermsError for a dimension that the agreement does not name."""
    if dimension not in terms.levels:
        listed = "、".join(sorted(terms.levels))
        raise TermsError(
            f"协议 {terms.id} 未列出维度 {dimension};已列出：{listed}",
            f"agreement {terms.id} does not name the dimension {dimension}; it names {listed}",
            safe=_SAFE,
            next=(
                "改正表的声明，或另行签订补充协议",
                "mend the table's declaration, or sign a supplementary agreement",
            ),
        )
    found = list(terms.levels[dimension])
    for amendment in terms.amendments:
        for added in amendment.levels if amendment.effective <= day else ():
            if added.dimension == dimension and (not added.tables or table in added.tables):
                found += [level for level in added.add if level not in found]
    return tuple(found)


def permit(terms: Terms, spec: TableSpec, day: date) -> TableSpec:
    """``spec`` cut down to the levels that may be shown on ``day``.

    Raises TermsError when its clause is not permitted, a dimension is not named, or no level of one is left."""
    check_clause(terms, spec.clause)
    dimensions = []
    for dimension in spec.dimensions:
        allowed = levels(terms, dimension.name, day, spec.name)
        left = tuple(level for level in dimension.levels if level in allowed)
        if not left:
            raise TermsError(
                f"协议 {terms.id} 不允许表 {spec.name} 的维度 {dimension.name} 的任何层级",
                f"agreement {terms.id} permits no level of {dimension.name} in the table {spec.name}",
                safe=_SAFE,
                next=("改正表的 levels", "mend the table's levels"),
            )
        dimensions.append(dimension.model_copy(update={"levels": left}))
    return spec.model_copy(update={"dimensions": tuple(dimensions)})


def check_release(terms: Terms, release: ReleaseId) -> None:
    """Raises TermsError when ``release`` is of another area or platform than the agreement's."""
    if (release.division, release.platform) != (terms.area.division, terms.platform.code):
        raise TermsError(
            f"批次 {release} 不属于协议 {terms.id} 的区域或平台",
            f"{release} is of another area or platform than agreement {terms.id}",
            safe=_SAFE,
            next="gateway status",
        )


def check_endpoint(terms: Terms, host: str, port: int) -> None:
    """Raises TermsError when packages may not be sent to ``host``:``port`` (三(一), 四(一)4 of the main agreement)."""
    if any(row.host == host and row.port in (None, port) for row in terms.endpoints):
        return
    raise TermsError(
        f"协议 {terms.id} 的允许名单中没有 {host}:{port}",
        f"{host}:{port} is not on the allow-list of agreement {terms.id}",
        safe=("未连接，未发送任何内容", "no connection was made and nothing was sent"),
        next=("核对 gateway.toml 的 sftp 与协议文件的 endpoints", "compare sftp in gateway.toml with the endpoints"),
    )


def recipients(terms: Terms, day: date) -> tuple[Recipient, ...]:
    """The data managers designated on ``day``. Raises TermsError when there is none."""
    found = tuple(row for row in terms.recipients if row.since <= day <= row.until)
    if not found:
        raise TermsError(
            f"协议 {terms.id} 在 {day} 没有指定的数据管理员",
            f"agreement {terms.id} has no designated data manager on {day}",
            safe=_SAFE,
            next=("请接收方指定后更新协议文件的 recipients", "have the receiver designate one, then update recipients"),
        )
    return found


def _quote(terms: Agreement, clause: str) -> str:
    return f"{clause}:“{terms.clauses[clause]}”"
