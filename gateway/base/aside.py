"""A second process beside a command, for work that can go on meanwhile: one function after the other, each in order.

Arguments and results go through its pipes and lie nowhere else. It writes nothing, says nothing (a library's text may
hold a value), and ends with the command, however that ends. Whoever asks learns of every failure: a
``GatewayError`` comes back as it was raised, a bug as a ``RuntimeError`` without its text, and a process that is gone
(for want of memory) is a ``ChildProcessError``."""

import errno
import os
import pickle  # nosec B403: only from this program's own process
import signal
import subprocess  # nosec B404: this interpreter and nothing else
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import IO, Any, ParamSpec, TypeVar

from gateway.base.errors import GatewayError
from gateway.base.language import say
from gateway.base.memory import frugal, release

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_START = "import sys; sys.path[:] = {path!r}; from gateway.base.aside import serve; serve()"


class Aside:
    """The second process; a context manager that ends it. What it is asked has to be importable and to pickle."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turns = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")

    def ask(
        self, function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> "Future[Result]":
        """``function(*args, **kwargs)`` there, after what was asked before. The process starts with the first.

        What was asked before may be an argument: its answer is then passed, and its failure is this question's too."""
        if self._process is None:
            command = [sys.executable, "-c", _START.format(path=sys.path)]
            pipe = subprocess.PIPE
            quiet = subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet)  # nosec B603: no input
        if any(isinstance(one, Future) for one in (*args, *kwargs.values())):
            return self._turns.submit(_resolved, self._process, function, args, kwargs)
        return self._turns.submit(_exchange, self._process, pickle.dumps((function, args, kwargs)))

    def __enter__(self) -> "Aside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ends it, whatever it is at; nothing can be asked after that. Its memory is free again."""
        if self._process is not None:
            self._process.kill()  # it holds nothing that would have to be put in order
        self._turns.shutdown()
        if self._process is not None:
            self._process.communicate()


def _resolved(process: "subprocess.Popen[bytes]", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The same with earlier answers, which are there by now."""
    args = tuple(one.result() if isinstance(one, Future) else one for one in args)
    kwargs = {name: one.result() if isinstance(one, Future) else one for name, one in kwargs.items()}
    return _exchange(process, pickle.dumps((function, args, kwargs)))


def _exchange(process: "subprocess.Popen[bytes]", question: bytes) -> Any:
    if process.stdin is None or process.stdout is None:
        raise _ended()
    try:
        process.stdin.write(question)
        process.stdin.flush()
        error, answer = pickle.load(process.stdout)  # nosec B301: from this program's own process
    except (OSError, EOFError, pickle.UnpicklingError):
        raise _ended() from None
    if error is not None:
        raise error
    return answer


def _ended() -> ChildProcessError:
    reason = say("第二个进程已中断，可能是内存不足", "the second process has ended, perhaps for want of memory")
    return ChildProcessError(errno.ECHILD, reason)


def serve() -> None:
    """Answers until there are no more questions. The library's own prints go nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is told, and ends this
    frugal()
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _answer(sys.stdin.buffer, answers)


def _answer(questions: IO[bytes], answers: IO[bytes]) -> None:
    while True:
        try:
            question = pickle.load(questions)  # nosec B301: from this program's own process
        except EOFError:
            return
        function, args, kwargs = question
        answer: tuple[BaseException | None, object]
        try:
            answer = None, function(*args, **kwargs)
        except GatewayError as error:
            answer = error, None
        except Exception as error:  # a bug; its text may hold a value
            answer = RuntimeError(f"{function.__name__}: {type(error).__name__}"), None
        pickle.dump(answer, answers)
        answers.flush()
        del question, function, args, kwargs, answer
        release()  # what it held for the answer is the command's to use
