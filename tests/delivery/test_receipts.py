"""Receipts are listed and fetched whole; what can't be one is refused."""

import pytest

from gateway.base.errors import ConfigurationError
from gateway.delivery import ContentError, RefusedError, fetch, list_names, remove
from tests.delivery.places import Place

NAME = "LGTJ_220300_LHYG_202610_M_R01.R1.json"


def test_only_plain_files_are_listed(place: Place) -> None:
    for name in (NAME, NAME + ".sig", ".hidden", "a b", "回执.json", "new\nline"):
        place.at(name).write_bytes(b"{}")
    place.at("folder").mkdir()
    place.at("link").symlink_to(NAME)
    with place.login() as session:
        assert list_names(session, folder=place.inbox) == (NAME, NAME + ".sig")


def test_many_names_come_in_several_answers(place: Place) -> None:
    names = [f"receipt-{number:04}" for number in range(500)]
    for name in names:
        place.at(name).touch()
    with place.login() as session:
        assert list_names(session, folder=place.inbox) == tuple(names)


@pytest.mark.parametrize("size", [0, 1, 32_768, 100_000])
def test_a_receipt_is_fetched_whole(place: Place, size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    place.at(NAME).write_bytes(content)
    with place.login() as session:
        assert fetch(session, NAME, folder=place.inbox) == content


def test_what_is_too_large_is_not_fetched(place: Place) -> None:
    place.at(NAME).write_bytes(bytes(1001))
    with place.login() as session:
        with pytest.raises(ContentError):
            fetch(session, NAME, folder=place.inbox, largest=1000)
        assert len(fetch(session, NAME, folder=place.inbox, largest=1001)) == 1001


def test_what_is_not_there_is_said(place: Place) -> None:
    with place.login() as session:
        with pytest.raises(RefusedError):
            fetch(session, NAME, folder=place.inbox)
        with pytest.raises(RefusedError):
            list_names(session, folder=place.inbox + "/absent")
        with pytest.raises(ConfigurationError):
            fetch(session, "../secret", folder=place.inbox)
        assert list_names(session, folder=place.inbox) == ()


def test_an_endless_file_is_not_read_for_ever(openssh: Place) -> None:
    with openssh.login() as session:
        assert fetch(session, "zero", folder="/dev") == b""


def test_a_trial_is_removed_and_a_release_never(place: Place) -> None:
    for name in ("REHEARSAL-1.zip", NAME):
        place.at(name).write_bytes(b"1")
    with place.login() as session:
        assert remove(session, "REHEARSAL-1.zip", folder=place.inbox)
        assert not remove(session, "REHEARSAL-1.zip", folder=place.inbox)
        for name in (NAME, "../" + place.local.name):
            with pytest.raises(ConfigurationError):
                remove(session, name, folder=place.inbox)
    assert place.names == [NAME]
