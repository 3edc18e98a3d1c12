"""A second process answers in order, says nothing of its own, and is gone when the command is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.base.aside import Aside
from gateway.base.errors import Exit, QualityError

ROOT = Path(__file__).parents[2]
COMMAND = """
import os, signal
from gateway.base.aside import Aside
with Aside() as aside:
    print(aside.ask(os.getpid).result(), flush=True)
    signal.pause()
"""


def refuse() -> None:
    raise QualityError("不行", "no", safe=("没有改动", "nothing was changed"), next="gateway status")


def fail(text: str) -> None:
    raise ValueError(text)


def shout(text: str) -> int:
    print(text)
    return os.write(1, text.encode()) + os.write(2, text.encode())


def gone(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return not state.is_file() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_answers_come_in_order_from_one_other_process() -> None:
    with Aside() as aside:
        asked = [aside.ask(os.getpid), aside.ask(divmod, 7, 2), aside.ask(sorted, [3, 1, 2], reverse=True)]
        pid, *answers = (future.result() for future in asked)
    assert pid != os.getpid()
    assert answers == [(3, 1), [3, 2, 1]]
    assert gone(int(str(pid)))


def test_an_earlier_answer_may_be_part_of_a_later_question() -> None:
    with Aside() as aside:
        first = aside.ask(divmod, 7, 2)
        again = aside.ask(sorted, first, key=None, reverse=True)  # type: ignore[type-var,arg-type]
        assert again.result() == [3, 1]
        refused = aside.ask(refuse)
        with pytest.raises(QualityError):
            aside.ask(sorted, refused).result()  # type: ignore[type-var,arg-type]
        assert aside.ask(divmod, 7, 2).result() == (3, 1)


def test_nothing_is_started_unless_asked() -> None:
    def children() -> set[str]:
        found = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
        return {child for line in found for child in line}

    before = children()
    with Aside():
        assert children() <= before


def test_what_was_ended_is_gone_and_takes_no_more_questions() -> None:
    with Aside() as aside:
        pid = aside.ask(os.getpid).result()
        aside.end()
        assert gone(pid)
        with pytest.raises(RuntimeError):
            aside.ask(os.getpid)


def test_an_expected_failure_comes_back_as_it_was() -> None:
    with Aside() as aside, pytest.raises(QualityError) as caught:
        aside.ask(refuse).result()
    error = caught.value
    assert (error.zh, error.en, error.exit) == ("不行", "no", Exit.QUALITY)
    assert error.safe == ("没有改动", "nothing was changed")
    assert error.next == ("gateway status", "gateway status")


def test_a_bug_is_told_without_its_text_and_the_process_goes_on() -> None:
    with Aside() as aside:
        with pytest.raises(RuntimeError, match="fail: ValueError") as caught:
            aside.ask(fail, "机密").result()
        assert "机密" not in str(caught.value)
        assert aside.ask(divmod, 7, 2).result() == (3, 1)


def test_a_process_that_is_gone_is_no_answer() -> None:
    with Aside() as aside:
        with pytest.raises(ChildProcessError):
            aside.ask(os._exit, 0).result()
        with pytest.raises(ChildProcessError):
            aside.ask(divmod, 7, 2).result()


def test_prints_go_nowhere_and_do_not_disturb_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with Aside() as aside:
        assert aside.ask(shout, "机密").result() == 2 * len("机密".encode())
    assert capfd.readouterr() == ("", "")


def test_a_question_and_an_answer_larger_than_a_pipe() -> None:
    with Aside() as aside:
        assert aside.ask(bytes.upper, b"a" * 5_000_000).result() == b"A" * 5_000_000


def test_it_is_gone_when_the_command_is_killed() -> None:
    command = subprocess.Popen([sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert command.stdout is not None
    pid = int(command.stdout.readline())
    assert not gone(pid)
    os.kill(command.pid, signal.SIGKILL)
    command.communicate()
    deadline = time.monotonic() + 5
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(pid)
