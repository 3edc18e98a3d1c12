"""Delivering an approved release: seal, publish with proof, record; then fetch the receipt.

The proof of each file stands in the ledger before the file gets its name. DELIVERED is recorded when the signature,
the last of the four, is there. The same command again goes on where it stopped and sends nothing twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from gateway.agreement import check_endpoint, check_in_force
from gateway.base.errors import AwaitingApprovalError, DisclosureError, GatewayError, machine_error
from gateway.base.files import LEFT_ALONE, sweep
from gateway.base.language import say
from gateway.delivery import Endpoint, Patience, Session, Stage, open_session, publish, with_retries
from gateway.ledger import ReleaseView
from gateway.model.release import Event, ReleaseId, State
from gateway.package import read_statement
from gateway.release.build.corridor import Body, Book, Clock, note
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.chain import History
from gateway.release.sending.proofs import Word, is_taken, record_proof
from gateway.release.sending.sealing import Package, check_signing_key, check_whole, package_of, sealed
from gateway.release.sending.slips import slip_name, write_slip
from gateway.release.site.checkpoints import is_checkpointed, make_checkpoint
from gateway.release.site.deployment import LOGIN_KEY, Deployment
from gateway.release.site.store import Progress
from gateway.release.terms.opening import next_command, revisions
from gateway.release.terms.requests import dressed

__all__ = ["DONE", "Word", "connect", "deliver"]

_ARRIVED = (
    "数据包已全部送达并核对，只有本方的记录（检查点、移交单）未完成；再次运行同一命令即补齐，不会重发",
    "the whole package has arrived and is proved; only records of ours (checkpoint, transfer slip) are unfinished: "
    "the same command finishes them and sends nothing twice",
)
DONE = frozenset({State.DELIVERED, State.ACKNOWLEDGED})


def connect(deployment: Deployment) -> Session:
    """A session to the agreement's inbox. Raises TermsError for a host that the agreement does not name."""
    sftp = deployment.settings.sftp
    check_endpoint(deployment.terms, sftp.host, sftp.port)
    known_hosts = (deployment.root / sftp.known_hosts).read_text(encoding="utf-8")
    endpoint = Endpoint(host=sftp.host, port=sftp.port, user=sftp.user)
    patience = Patience(reply=sftp.reply, slowest=sftp.slowest)
    return open_session(endpoint, deployment.keyring.get(LOGIN_KEY), known_hosts, patience=patience)


def deliver(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    *,
    sleep: Callable[[float], None],
    random: Callable[[], float],
    word: Word | None = None,
) -> ReleaseView:
    """Seals and sends a release; DELIVERED when it returns. ``word``: what an operator says of a file that was proved
    and has since left the inbox; with ``Word.AGAIN`` a delivered release's missing files are sent once more, too."""
    with deployment.lock():
        return _deliver(deployment, release, clock, progress, partial(with_retries, sleep=sleep, random=random), word)


def _deliver(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    retry: Callable[[Callable[[], None]], None],
    word: Word | None,
) -> ReleaseView:
    now, deployment = clock(), dressed(deployment, release)
    sweep(deployment.var, now - LEFT_ALONE)
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
        _check_history(deployment, view, now)
        package = sealed(deployment, view, now, progress)
        check_whole(package, Book.read(deployment).view(release))
        _send_all(deployment, package, clock, progress, retry, word)
        with _arrived():
            body: Body = {"package": str(Book.read(deployment).view(release).package)}
            note(deployment, Event.DELIVERED, release, deployment.settings.operator, body, clock())
    elif word is Word.AGAIN and view.state is State.DELIVERED:
        package = package_of(deployment, release)
        check_whole(package, view)
        _send_all(deployment, package, clock, progress, retry, word)
    with _arrived():
        delivered = deployment.ledger.entries(release=release, kind=Event.DELIVERED)[-1]
        if not is_checkpointed(deployment, delivered.seq):  # also when a run was killed right after DELIVERED
            make_checkpoint(deployment, clock())
        if not (package_of(deployment, release).folder / slip_name(release)).is_file():
            write_slip(deployment, release)
        _supersede_older(deployment, release, clock)
        return Book.read(deployment).view(release)


@contextmanager
def _arrived() -> Iterator[None]:
    """What fails once the package has arrived says so: the same command then only finishes the records."""
    try:
        yield
    except OSError as error:
        told = machine_error(error)
        told.safe = _ARRIVED
        raise told from error
    except GatewayError as error:
        error.safe = _ARRIVED
        raise


def _check_history(deployment: Deployment, view: ReleaseView, now: datetime) -> None:
    """Raises DisclosureError (and the release is BLOCKED) when something was released since this one was protected: it
    knows nothing of that. What has begun to leave goes on."""
    history = History(deployment)
    statement = read_statement(deployment.store(view.release, OPEN_NAMES).get("statement.json"))
    if view.release in history or statement.history_head == history.head():
        return
    error = DisclosureError(
        f"{view.release} 制作之后又有其他批次提供，须与其一并重新保护",
        f"another release has left since {view.release} was protected: it has to be protected together with that",
        safe=("没有任何内容离开", "nothing has left"),
        next=f"gateway run {ReleaseId.parse(view.release).period}",
    )
    note(deployment, Event.BLOCKED, view.release, deployment.settings.operator, {"reason": error.code}, now)
    raise error


def _send_all(
    deployment: Deployment,
    package: Package,
    clock: Clock,
    progress: Progress,
    retry: Callable[[Callable[[], None]], None],
    word: Word | None,
) -> None:
    """A word is good for each file once: it was said before the line failed again."""
    check_signing_key(deployment, clock())
    words = dict.fromkeys(package.names, word) if word else {}
    retry(lambda: _send(deployment, package, clock, progress, words))


def _send(deployment: Deployment, package: Package, clock: Clock, progress: Progress, words: dict[str, Word]) -> None:
    inbox = deployment.settings.sftp.inbox
    with connect(deployment) as session:
        # before any byte leaves: what was sent in part may have been read
        History(deployment).append(package.release, deployment.store(package.release, OPEN_NAMES))
        for path in package.paths:
            if is_taken(deployment, package, path.name, session, words, clock()):
                continue
            publish(
                session,
                path,
                path.name,
                folder=inbox,
                progress=_shown(progress, path),
                proved=lambda proof: record_proof(deployment, package, proof, clock()),
            )


def _shown(progress: Progress, path: Path) -> Callable[[Stage, int, int], None]:
    wording = {Stage.SEND: say("发送", "sending"), Stage.PROVE: say("回读核对", "reading back")}
    suffix = path.name.partition(".")[2]
    return lambda stage, done, size: progress(f"{wording[stage]} {suffix}", done / size if size else 1.0)


def _supersede_older(deployment: Deployment, release: str, clock: Clock) -> None:
    """Older revisions that were delivered or ended are superseded by one that has been delivered."""
    for view in revisions(Book.read(deployment).views, ReleaseId.parse(release)):
        if view.release == release:
            break
        if Event.SUPERSEDED in view.next:
            note(deployment, Event.SUPERSEDED, view.release, deployment.settings.operator, {"by": release}, clock())
