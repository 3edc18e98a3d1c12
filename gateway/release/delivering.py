"""Delivering an approved release: seal, publish with proof, record; then fetch the receipt.

The proof of each file stands in the ledger before the file gets its name. DELIVERED is recorded when the signature,
the last of the four, is there. The same command again goes on where it stopped and sends nothing twice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from gateway.agreement import check_endpoint, check_in_force
from gateway.base.errors import AwaitingApprovalError, TransferError
from gateway.base.language import say
from gateway.delivery import Endpoint, Proof, Session, Stage, list_names, open_session, publish, with_retries
from gateway.ledger import ReleaseView
from gateway.model.release import Event, ReleaseId, State
from gateway.release.build import OPEN_NAMES
from gateway.release.checkpoints import make_checkpoint
from gateway.release.corridor import Body, Book, Clock, note
from gateway.release.deployment import LOGIN_KEY, Deployment
from gateway.release.history import History
from gateway.release.opening import next_command, revisions
from gateway.release.sealing import Package, check_signer, check_whole, package_of, sealed
from gateway.release.slips import slip_name, write_slip
from gateway.release.store import Progress

DONE = frozenset({State.DELIVERED, State.ACKNOWLEDGED})


def connect(deployment: Deployment) -> Session:
    """A session to the agreement's inbox. Raises TermsError for a host that the agreement does not name."""
    sftp = deployment.settings.sftp
    check_endpoint(deployment.terms, sftp.host, sftp.port)
    known_hosts = (deployment.root / sftp.known_hosts).read_text(encoding="utf-8")
    endpoint = Endpoint(host=sftp.host, port=sftp.port, user=sftp.user)
    return open_session(endpoint, deployment.keyring.get(LOGIN_KEY), known_hosts)


def deliver(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    *,
    sleep: Callable[[float], None],
    random: Callable[[], float],
    again: bool = False,
) -> ReleaseView:
    """Seals and sends a release; DELIVERED when it returns. ``again``: an operator's word that a file which was proved
    and has since left the inbox is to be sent once more."""
    with deployment.lock():
        return _deliver(deployment, release, clock, progress, partial(with_retries, sleep=sleep, random=random), again)


def _deliver(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    retry: Callable[[Callable[[], None]], None],
    again: bool,
) -> ReleaseView:
    now = clock()
    check_in_force(deployment.terms, now.date())
    view = Book.read(deployment).view(release)
    if view.state not in DONE:
        if view.state is not State.APPROVED:
            raise AwaitingApprovalError(
                f"{release} 的状态是 {view.state}，批准后才能发送",
                f"{release} is {view.state}: only an approved release is sent",
                safe=("没有任何内容离开", "nothing has left"),
                next=next_command(view),
            )
        package = sealed(deployment, view, now, progress)
        check_whole(package, Book.read(deployment).view(release))
        if not view.proofs:  # once it has begun to arrive, it is finished
            check_signer(deployment, package, now)
        retry(lambda: _send(deployment, package, clock, progress, again))
        body: Body = {"package": str(Book.read(deployment).view(release).package)}
        note(deployment, Event.DELIVERED, release, deployment.settings.operator, body, clock())
        make_checkpoint(deployment, clock())
    if not (package_of(deployment, release).folder / slip_name(release)).is_file():
        write_slip(deployment, release)
    _supersede_older(deployment, release, clock)
    return Book.read(deployment).view(release)


def _send(deployment: Deployment, package: Package, clock: Clock, progress: Progress, again: bool) -> None:
    inbox = deployment.settings.sftp.inbox
    with connect(deployment) as session:
        there = list_names(session, folder=inbox)
        for path in package.paths:
            if not again:
                _check_not_taken(deployment, package, path.name, there)
            if path == package.paths[-1]:  # from here on the package exists for the receiver
                published = deployment.store(package.release, OPEN_NAMES).get("published.json")
                History(deployment).append(package.release, published)
            publish(
                session,
                path,
                path.name,
                folder=inbox,
                progress=_shown(progress, path),
                proved=lambda proof: _record_proof(deployment, package, proof, clock),
            )


def _shown(progress: Progress, path: Path) -> Callable[[Stage, int, int], None]:
    wording = {Stage.SEND: say("发送", "sending"), Stage.PROVE: say("回读核对", "reading back")}
    suffix = path.name.partition(".")[2]
    return lambda stage, done, size: progress(f"{wording[stage]} {suffix}", done / size if size else 1.0)


def _record_proof(deployment: Deployment, package: Package, proof: Proof, clock: Clock) -> None:
    book = Book.read(deployment)
    view = book.view(package.release)
    body: Body = {
        "package": str(view.package),
        "file": proof.name,
        "bytes": proof.bytes,
        "sha256": proof.sha256,
    }
    if not any(e.kind == Event.PROVED and e.release == package.release and e.body == body for e in book.entries):
        book.record(Event.PROVED, package.release, deployment.settings.operator, body, clock())


def _check_not_taken(deployment: Deployment, package: Package, name: str, there: tuple[str, ...]) -> None:
    """A file that was proved and is neither there nor on its way was taken by the receiver: it is not sent twice."""
    entries = Book.read(deployment).entries
    proved = any(
        e.kind == Event.PROVED and e.release == package.release and e.body.get("file") == name for e in entries
    )
    if proved and not any(name in other for other in there):
        raise TransferError(
            f"{name} 已送达并核对过，现已不在收件目录：可能已被对方取走",
            f"{name} was sent and proved, and is no longer in the inbox: the receiver has probably taken it",
            safe=("没有重复发送", "nothing was sent twice"),
            next=f"gateway deliver {package.release} --again",
        )


def _supersede_older(deployment: Deployment, release: str, clock: Clock) -> None:
    """Older revisions that were delivered or ended are superseded by one that has been delivered."""
    for view in revisions(Book.read(deployment).views, ReleaseId.parse(release)):
        if view.release == release:
            break
        if Event.SUPERSEDED in view.next:
            note(deployment, Event.SUPERSEDED, view.release, deployment.settings.operator, {"by": release}, clock())
