"""Great Expectations, and the only place that imports it: frames and expectations in, counts out.

What it says besides counts (observed and offending values, exception texts, its configuration with the confidential
thresholds in it) ends in this file. Its analytics, progress bars, loggers and data docs are off; a frame is forgotten
as soon as it has been checked. Half of what it would import isn't (``Later``, ``Absent``)."""

import functools
import importlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gateway.base.later import Absent, Later, lean_numpy

if TYPE_CHECKING:
    import pandas as pd

_LOGGER = "great_expectations"
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_UNUSED_AT_IMPORT = ("altair", "scipy.stats")
"""Two of its expectations draw charts (altair) and test distributions (scipy.stats). Their imports are 2.2 s of 6 and
80 MB; no suite of ours asks for them, and one that does still gets them."""
_FLUENT = "great_expectations.datasource.fluent."
_SOURCES = (
    *("alloy", "aurora", "bigquery", "citus", "databricks_sql", "fabric", "neon", "postgres", "redshift", "snowflake"),
    *("spark", "spark_file_path", "spark_filesystem", "spark_dbfs", "spark_s3", "spark_google_cloud_storage"),
    *("spark_azure_blob_storage", "sql", "sql_server", "sqlite"),
    *("pandas_file_path", "pandas_filesystem", "pandas_dbfs", "pandas_s3", "pandas_google_cloud_storage"),
    "pandas_azure_blob_storage",
)
"""Where it can take data from, besides a frame: nothing here does, and describing them takes it 0.3 s."""
_ABSENT = (*(f"{_FLUENT}{name}_datasource" for name in _SOURCES), f"{_FLUENT}fabric")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``holds`` None: it could not be evaluated. ``checked`` None: the kind doesn't count (it is about the whole)."""

    holds: bool | None
    checked: int | None = None
    unexpected: int | None = None


BROKEN = Outcome(holds=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One expectation as Great Expectations takes it."""

    id: str
    kind: str
    arguments: Mapping[str, Any]


def prepare() -> None:
    """Imports it, which the first question would do otherwise."""
    _context()


def understood(question: Question) -> bool:
    """Whether Great Expectations knows the kind and takes the arguments."""
    with _quiet():
        try:
            _configuration(question)
        except Exception:  # whatever it says, the answer is no; its text would hold the arguments
            return False
    return True


def evaluate(frame: "pd.DataFrame", questions: Sequence[Question]) -> dict[str, Outcome]:
    """The outcome of each question by its id. What is not answered, or breaks, is BROKEN: never silently passed."""
    outcomes = {question.id: BROKEN for question in questions}
    if questions:
        with _quiet():
            for result in _validate(frame, questions):
                outcomes[str(result.expectation_config.meta["id"])] = _outcome(result)
    return outcomes


def _validate(frame: "pd.DataFrame", questions: Sequence[Question]) -> list[Any]:
    library, context = _library(), _context()
    source = context.data_sources.add_pandas("frames")
    try:
        batch = source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")
        suite = library.ExpectationSuite(name="suite", expectations=[_configuration(q) for q in questions])
        with _configured_once():
            result = batch.get_batch({"dataframe": frame}).validate(suite, result_format=_RESULT_FORMAT)
        return list(result.results)
    except Exception:  # no result is a failure of every question; the text of the exception may hold values
        return []
    finally:
        context.data_sources.delete("frames")


def _configuration(question: Question) -> Any:
    configuration = importlib.import_module("great_expectations.expectations.expectation_configuration")
    return configuration.ExpectationConfiguration(
        type=question.kind, kwargs=dict(question.arguments), meta={"id": question.id}
    ).to_domain_obj()


def _outcome(result: Any) -> Outcome:
    """Success counts only as True without an exception; ``missing_count`` means missing *values* only beside
    ``element_count`` (for a set expectation it counts the set's missing members)."""
    raised = result.exception_info or {}
    if raised.get("raised_exception", True) or not isinstance(result.success, bool):
        return BROKEN
    counts = result.result
    if "element_count" not in counts:
        return Outcome(holds=result.success)
    checked = counts["element_count"] - (counts.get("missing_count") or 0)
    return Outcome(holds=result.success, checked=int(checked), unexpected=int(counts["unexpected_count"] or 0))


@contextmanager
def _configured_once() -> Iterator[None]:
    """Meanwhile each expectation's configuration is made once. Great Expectations asks for it thirty thousand times for
    a month's suites and makes it anew each time, a fifth of its work; it changes none."""
    expectation = importlib.import_module("great_expectations.expectations.expectation").Expectation
    made_anew = expectation.configuration
    made: dict[int, tuple[Any, Any]] = {}  # with the expectation, so that its id stays its own

    def configuration(self: Any) -> Any:
        if id(self) not in made:
            made[id(self)] = self, made_anew.fget(self)
        return made[id(self)][1]

    expectation.configuration = property(configuration)
    try:
        yield
    finally:
        expectation.configuration = made_anew


@functools.cache
def _library() -> ModuleType:
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    lean_numpy()
    logging.getLogger(_LOGGER).setLevel(logging.CRITICAL + 1)  # its messages repeat values and arguments
    captured = getattr(logging, "_warnings_showwarning", None) is not None
    placeholders: dict[str, ModuleType] = {name: Later(name) for name in _UNUSED_AT_IMPORT if name not in sys.modules}
    placeholders |= {name: Absent(name) for name in _ABSENT if "great_expectations" not in sys.modules}
    sys.modules.update(placeholders)
    try:
        with warnings.catch_warnings():  # it sets filters for the whole process
            warnings.simplefilter("ignore")
            library = importlib.import_module("great_expectations")
            logging.captureWarnings(captured)  # and redirects warnings
    finally:
        for name, placeholder in placeholders.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]
    return library


@functools.cache
def _context() -> Any:
    library = _library()
    types = importlib.import_module("great_expectations.data_context.types.base")
    return library.get_context(
        mode="ephemeral",
        project_config=types.DataContextConfig(
            store_backend_defaults=types.InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=types.ProgressBarsConfig(globally=False),
        ),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    _library()
    nowhere = io.StringIO()  # it prints hints, and a warning's text may hold a value
    with warnings.catch_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
        warnings.simplefilter("ignore")
        yield
