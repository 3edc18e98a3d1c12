"""The corridor: a release's way from DRAFT to SUBMITTED, with its events in the ledger.

Each function takes the deployment, does one step, and appends one event on the head that it decided on. Running again
after any interruption goes on from the ledger and from what lies in the release's folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.agreement import check_in_force
from gateway.base.canonical import digest
from gateway.base.errors import GatewayError, IntegrityError, TermsError
from gateway.base.files import LEFT_ALONE, sweep
from gateway.ledger import Entry, ReleaseView, head_of, states
from gateway.model.period import Period
from gateway.model.release import Event, ReleaseId, State
from gateway.release.build.answering import Answer
from gateway.release.build.build import Build
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Progress
from gateway.release.terms.notices import resupply
from gateway.release.terms.opening import OPEN, SUPERSEDABLE, check_may_build, check_month_is_over, current
from gateway.release.terms.requests import dressed, find, first_release

Clock = Callable[[], datetime]
Body = dict[str, str | int | None]
"""What an event carries: names, digests and counts."""


@dataclass(frozen=True, kw_only=True)
class Book:
    """The ledger as read once: its views and the head that a decision on them rests on."""

    deployment: Deployment
    entries: tuple[Entry, ...]

    @classmethod
    def read(cls, deployment: Deployment) -> "Book":
        """The ledger now."""
        return cls(deployment=deployment, entries=deployment.ledger.entries())

    @property
    def views(self) -> dict[str, ReleaseView]:
        """Every release."""
        return states(self.entries)

    def view(self, release: str) -> ReleaseView:
        """One release. Raises IntegrityError when the ledger does not know it."""
        found = self.views.get(release)
        if found is None:
            raise IntegrityError(
                f"账本中没有批次 {release}", f"the ledger knows no release {release}", next="gateway status"
            )
        return found

    def record(self, event: Event, release: str, actor: str, body: Body, at: datetime) -> None:
        """Appends one event on exactly the head that was read."""
        self.deployment.ledger.append(
            event, release=release, actor=actor, body=body, at=at, expect=head_of(self.entries)
        )


def note(deployment: Deployment, event: Event, release: str, actor: str, body: Body, at: datetime) -> None:
    """Reads the ledger and appends one event that the release's state allows."""
    Book.read(deployment).record(event, release, actor, body, at)


def run(deployment: Deployment, period: Period, clock: Clock, progress: Progress) -> ReleaseView:
    """Builds, checks and submits the month's release; resumes by itself; leaves a submitted one as it is.

    Raises TermsError outside the agreement's term, InputError for a month that is not over, ConfigurationError while it
    is not stated what was published before the gateway, IntegrityError while allowed_signers differs from the ledger,
    and each gate's own error; a failed gate is recorded as BLOCKED."""
    with deployment.lock():
        return _run(deployment, deployment.terms.release(period), clock, progress)


def answer(deployment: Deployment, request: str, clock: Clock, progress: Progress) -> ReleaseView:
    """Builds, checks and submits the answer to a request that was granted, through the same gates as a month."""
    first = first_release(deployment, find(deployment, request))
    with deployment.lock():
        return _run(deployment, first, clock, progress)


def _run(deployment: Deployment, first: ReleaseId, clock: Clock, progress: Progress) -> ReleaseView:
    now = clock()
    sweep(deployment.var, now - LEFT_ALONE)
    check_in_force(deployment.terms, now.date())
    check_month_is_over(first.period, now)
    _check_operator(deployment)
    _check_may_begin(deployment)
    book = Book.read(deployment)
    view = current(book.views, first)
    check_may_build(view, first.period)
    if view is not None and view.state not in OPEN:
        return view
    release = view.release if view else str(first)
    dressed(deployment, release)  # before anything is recorded of it
    if view is None or view.state is not State.DRAFT:
        book.record(Event.OPENED, release, deployment.settings.operator, _opening(book, release), now)
    build = build_of(deployment, Book.read(deployment), release, progress)
    try:
        build.run()
    except GatewayError as error:
        note(deployment, Event.BLOCKED, release, deployment.settings.operator, {"reason": error.code}, clock())
        raise
    statement = digest(build.store.get("statement.json"))
    note(deployment, Event.SUBMITTED, release, deployment.settings.operator, {"statement": statement}, clock())
    return Book.read(deployment).view(release)


def dry_run(deployment: Deployment, period: Period, clock: Clock, progress: Progress) -> Build:
    """Builds and checks without an event in the ledger: nothing is submitted."""
    with deployment.lock():
        return _dry_run(deployment, period, clock, progress)


def _dry_run(deployment: Deployment, period: Period, clock: Clock, progress: Progress) -> Build:
    now = clock()
    check_in_force(deployment.terms, now.date())
    check_month_is_over(period, now)
    _check_may_begin(deployment)
    book = Book.read(deployment)
    view = current(book.views, deployment.terms.release(period))
    release = view.release if view else str(deployment.terms.release(period))
    build = build_of(deployment, book, release, progress)
    if view is None or view.state in OPEN:
        build.run()
    return build


def supersede(deployment: Deployment, period: Period, reason: str, clock: Clock) -> str:
    """Opens the next revision of a month, with its reason; the older one is superseded when the new is delivered."""
    now = clock()
    check_in_force(deployment.terms, now.date())
    book = Book.read(deployment)
    view = current(book.views, deployment.terms.release(period))
    if view is None or view.state not in SUPERSEDABLE:
        state = view.state if view else "—"
        raise TermsError(
            f"{period} 没有可以替代的批次（{state}）：只有已送达或已终止的才能替代",
            f"{period} has no release to supersede ({state}): it must have been delivered or have ended",
            next=f"gateway withdraw {view.release} --reason …" if view else f"gateway run {period}",
        )
    old = ReleaseId.parse(view.release)
    new = str(deployment.terms.release(period, revision=old.revision + 1))
    body: Body = {"supersedes": view.release, "reason": reason}
    book.record(Event.OPENED, new, deployment.settings.operator, body, now)
    return new


def build_of(deployment: Deployment, book: Book, release: str, progress: Progress) -> Build:
    """A release as the ledger knows it, to be built or looked at."""
    opened, parsed = _opened(book, release), ReleaseId.parse(release)
    shared: dict[str, Any] = {
        "release": parsed,
        "supersedes": _text(opened.get("supersedes")),
        "reason": _text(opened.get("reason")),
        "round": max(1, sum(e.release == release and e.kind == Event.OPENED for e in book.entries)),
        "progress": progress,
    }
    if parsed.kind == "M":
        return Build(deployment=deployment, **shared)
    return Answer(deployment=dressed(deployment, release), month=deployment, **shared)


def _text(value: str | int | None) -> str | None:
    return str(value) if value is not None else None


def _opening(book: Book, release: str) -> Body:
    """What a release is opened with: as before, or a late month as resupply with its reason."""
    parsed, before = ReleaseId.parse(release), _opened(book, release)
    reason = resupply(book.entries, parsed.period) if parsed.kind == "M" and not before else None
    return {"reason": reason} if reason else before


def _opened(book: Book, release: str) -> Body:
    """What the release was last opened with: the release it supersedes, and why."""
    for entry in reversed(book.entries):
        if entry.release == release and entry.kind == Event.OPENED:
            return {key: entry.body[key] for key in ("supersedes", "reason") if key in entry.body}
    return {}


def _check_may_begin(deployment: Deployment) -> None:
    """That it is stated what was published before, and that allowed_signers says what the ledger says: a list that was
    changed by hand is told before the work, not when the stewards approve."""
    History(deployment).check_begun()
    deployment.allowed_signers()


def _check_operator(deployment: Deployment) -> None:
    operator = deployment.settings.operator
    if operator not in deployment.terms.operators:
        raise TermsError(
            f"gateway.toml 的 operator {operator} 不在协议的操作员名单中",
            f"the operator {operator} of gateway.toml is not among the agreement's operators",
            next="gateway doctor",
        )
