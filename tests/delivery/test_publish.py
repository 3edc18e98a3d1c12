"""A published file is the file that was sent, whole, proved before it has its name, and never in another's place."""

import hashlib
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, Exit, InputError
from gateway.delivery import ContentError, Proof, RefusedError, Stage, publish
from tests.delivery.places import Place

WRITE = 65_379
NAME = "LGTJ_220300_LHYG_202610_M_R01.zip"


def made(folder: Path, size: int, seed: int = 1) -> Path:
    path = folder / f"package-{size}-{seed}"
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def part_of(path: Path, name: str = NAME) -> str:
    return f".{name}.{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.part"


@pytest.mark.parametrize("size", [0, 1, WRITE - 1, WRITE, WRITE + 1, 5_000_000])
def test_what_is_published_is_what_was_sent(place: Place, tmp_path: Path, size: int) -> None:
    path = made(tmp_path, size)
    with place.login() as session:
        proof = publish(session, path, NAME, folder=place.inbox)
    assert place.names == [NAME]
    assert place.at(NAME).read_bytes() == path.read_bytes()
    assert proof == Proof(
        folder=place.inbox,
        name=NAME,
        bytes=size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        flushed=True,
        resumed=0,
        already=False,
    )


def test_proof_is_recorded_before_the_name_appears(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 300_000)
    seen: list[tuple[list[str], bytes]] = []

    def proved(proof: Proof) -> None:
        seen.append((place.names, place.at(part_of(path)).read_bytes()))

    with place.login() as session:
        publish(session, path, NAME, folder=place.inbox, proved=proved)
    assert seen == [([part_of(path)], path.read_bytes())]


def test_a_proof_that_is_not_recorded_publishes_nothing(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 300_000)

    def proved(proof: Proof) -> None:
        raise ConfigurationError("账本只读", "the ledger is read-only")

    with place.login() as session:
        with pytest.raises(ConfigurationError):
            publish(session, path, NAME, folder=place.inbox, proved=proved)
        assert place.names == [part_of(path)]
        proof = publish(session, path, NAME, folder=place.inbox)
    assert (proof.resumed, place.names) == (300_000, [NAME])


def test_publishing_again_sends_nothing_and_proves_again(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 200_000)
    told: list[Proof] = []
    stages: set[Stage] = set()
    with place.login() as session:
        first = publish(session, path, NAME, folder=place.inbox)
        place.at(part_of(path)).write_bytes(b"left by a crash between link and unlink")
        again = publish(
            session, path, NAME, folder=place.inbox, proved=told.append, progress=lambda stage, *_: stages.add(stage)
        )
    assert (first.already, again.already, told, stages) == (False, True, [again], {Stage.PROVE})
    assert place.names == [NAME]


@pytest.mark.parametrize("other", [b"", b"x" * 200_000, b"y" * 200_001])
def test_another_file_of_that_name_is_never_overwritten(place: Place, tmp_path: Path, other: bytes) -> None:
    place.at(NAME).write_bytes(other)
    told: list[Proof] = []
    with place.login() as session, pytest.raises(ContentError) as caught:
        publish(session, made(tmp_path, 200_000), NAME, folder=place.inbox, proved=told.append)
    assert (place.at(NAME).read_bytes(), place.names, told) == (other, [NAME], [])
    assert caught.value.exit == Exit.TRANSFER


def test_a_name_taken_between_proof_and_rename_is_not_overwritten(place: Place, tmp_path: Path) -> None:
    def proved(proof: Proof) -> None:
        place.at(NAME).write_bytes(b"z")

    with place.login() as session, pytest.raises(ContentError):
        publish(session, made(tmp_path, 200_000), NAME, folder=place.inbox, proved=proved)
    assert place.at(NAME).read_bytes() == b"z"


def test_two_at_once_end_with_one_whole_file(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 3_000_000)

    def send(_: int) -> Proof:
        with place.login() as session:
            return publish(session, path, NAME, folder=place.inbox)

    with ThreadPoolExecutor(3) as pool:
        proofs = list(pool.map(send, range(3)))
    assert sorted(proof.already for proof in proofs) == [False, True, True]
    assert place.at(NAME).read_bytes() == path.read_bytes()
    assert place.names == [NAME]


def test_receiver_may_take_the_file_at_once(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 100_000)
    taken = tmp_path / "taken"
    stop = threading.Event()

    def take() -> None:
        while not stop.is_set():
            if place.at(NAME).exists():
                place.at(NAME).rename(taken)
            time.sleep(0)

    receiver = threading.Thread(target=take)
    receiver.start()
    try:
        with place.login() as session:
            assert not publish(session, path, NAME, folder=place.inbox).already
    finally:
        time.sleep(0.05)
        stop.set()
        receiver.join()
    assert taken.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("spoil", "resumed"),
    [
        (lambda data: data[:500_000], 500_000),  # a clean cut: nothing is sent twice
        (lambda data: data, 700_000),  # all there, never renamed
        (lambda data: data[:400_000] + bytes(100_000), 400_000),  # a hole: on from its first byte
        (lambda data: b"\0" + data[1:], 0),  # right size, wrong content
        (lambda data: b"", 0),
    ],
)
def test_resume_trusts_content_only(
    place: Place, tmp_path: Path, spoil: Callable[[bytes], bytes], resumed: int
) -> None:
    path = made(tmp_path, 700_000)
    place.at(part_of(path)).write_bytes(spoil(path.read_bytes()))
    with place.login() as session:
        proof = publish(session, path, NAME, folder=place.inbox)
    assert (proof.resumed, place.names) == (resumed, [NAME])
    assert place.at(NAME).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("kind", ["longer", "link", "folder"])
def test_what_can_not_be_our_part_is_left_alone(place: Place, tmp_path: Path, kind: str) -> None:
    path = made(tmp_path, 1000)
    part = place.at(part_of(path))
    precious = place.at("precious")
    precious.write_bytes(b"1")
    if kind == "longer":
        part.write_bytes(bytes(1001))
    elif kind == "link":
        part.symlink_to("precious")
    else:
        part.mkdir()
    with place.login() as session, pytest.raises(ContentError):
        publish(session, path, NAME, folder=place.inbox)
    assert (precious.read_bytes(), place.at(NAME).exists()) == (b"1", False)


def test_another_version_under_the_same_name_has_a_part_of_its_own(place: Place, tmp_path: Path) -> None:
    old, new = made(tmp_path, 200_000, seed=1), made(tmp_path, 200_000, seed=2)
    place.at(part_of(old)).write_bytes(old.read_bytes()[:100_000])
    with place.login() as session:
        assert publish(session, new, NAME, folder=place.inbox).resumed == 0
    assert place.at(NAME).read_bytes() == new.read_bytes()


def test_progress_counts_what_is_confirmed(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 1_000_000)
    told: list[tuple[Stage, int, int]] = []
    with place.login() as session:
        publish(session, path, NAME, folder=place.inbox, progress=lambda *report: told.append(report))
    for stage in Stage:
        done = [count for at, count, _ in told if at is stage]
        assert done == sorted(done)
        assert done[-1] == 1_000_000
    assert {total for *_, total in told} == {1_000_000}


def test_a_file_that_shrinks_while_it_is_sent_is_not_published(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 9_000_000)

    def shrink(stage: Stage, done: int, total: int) -> None:
        with path.open("r+b") as stream:
            stream.truncate(5_000_000)

    with place.login() as session:
        with pytest.raises(InputError):
            publish(session, path, NAME, folder=place.inbox, progress=shrink)
        assert not place.at(NAME).exists()
        publish(session, made(tmp_path, 10), "next.zip", folder=place.inbox)  # the session is still good


def test_a_file_that_changes_while_it_is_sent_is_not_published(place: Place, tmp_path: Path) -> None:
    path = made(tmp_path, 9_000_000)

    def change(stage: Stage, done: int, total: int) -> None:
        with path.open("r+b") as stream:
            stream.seek(8_900_000)
            stream.write(bytes(100_000))

    with place.login() as session, pytest.raises(ContentError):
        publish(session, path, NAME, folder=place.inbox, progress=change)
    assert not place.at(NAME).exists()


def test_a_missing_file_is_named_without_its_folder(place: Place, tmp_path: Path) -> None:
    with place.login() as session, pytest.raises(InputError) as caught:
        publish(session, tmp_path / "absent", NAME, folder=place.inbox)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("name", ["", ".hidden", "../up.zip", "a/b.zip", "a\nb", "名.zip", "a" * 201, "a b.zip"])
def test_odd_names_are_refused(openssh: Place, tmp_path: Path, name: str) -> None:
    with openssh.login() as session, pytest.raises(ConfigurationError):
        publish(session, made(tmp_path, 1), name, folder=openssh.inbox)
    assert openssh.names == []


def test_a_missing_folder_is_refused(place: Place, tmp_path: Path) -> None:
    with place.login() as session, pytest.raises(RefusedError) as caught:
        publish(session, made(tmp_path, 1), NAME, folder=place.inbox + "/absent")
    assert NAME in str(caught.value)
