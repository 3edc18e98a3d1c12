"""One deployment, loaded and checked as a whole: ``gateway.toml`` and every file that it names.

Nothing is read twice and nothing is guessed; a mistake is told with its file and line before anything is built."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from gateway.agreement import Calendar, Terms, check_clause, permit
from gateway.base.canonical import digest, digest_of
from gateway.base.errors import ConfigurationError
from gateway.base.holdingkeys import HoldingSealer
from gateway.base.keyring import Keyring
from gateway.base.lock import exclusive
from gateway.base.sshsig import Signer, read_allowed_signers
from gateway.base.toml import load_toml
from gateway.ingest import Band, Extract, Source
from gateway.ledger import Ledger
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import TableSpec
from gateway.release.site.codelists import Edges, read_bands, read_hierarchy
from gateway.release.site.keybook import Key, check_file, keys
from gateway.release.site.kinds import key_name, kind_of
from gateway.release.site.office import Office, load_office
from gateway.release.site.settings import Pipeline, Settings
from gateway.release.site.store import Store

SIGNING_KEY, LOGIN_KEY, EXCHANGE_SECRET = "manifest-signing", "sftp-login", "exchange-secret"
LEDGER_ANCHOR = ".ledger-head"
"""Hidden from the keyring's names and from backups: a restored deployment begins a new one."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Everything that a command needs to know; paths are absolute. ``given_suites``: suites of tables that have no file
    of their own; ``beside``: tables whose columns are read as well."""

    root: Path
    settings: Settings
    terms: Terms
    calendar: Calendar
    pipeline: Pipeline
    source: Source
    tables: tuple[TableSpec, ...]
    hierarchies: Mapping[str, Hierarchy]
    bands: Mapping[str, tuple[Band, ...]]
    edges: Mapping[str, Edges]
    keyring: Keyring
    office: Office
    given_suites: Mapping[str, bytes] = field(default_factory=dict)
    beside: tuple[TableSpec, ...] = ()

    @property
    def pipelines(self) -> Path:
        """The folder of the pipeline's declarations."""
        return (self.root / self.settings.pipeline).parent

    @property
    def extract(self) -> Extract:
        """Where the platform's records lie."""
        return Extract(folder=self.root / self.settings.source.folder, connection=self.settings.source.connection)

    @property
    def var(self) -> Path:
        """The gateway's own folder."""
        return self.root / self.settings.store.var

    @property
    def ledger(self) -> Ledger:
        """The ledger, held to the newest head that the keyring remembers. Raises ConfigurationError without one."""
        return Ledger(self.var / "ledger.db", self.keyring.folder / LEDGER_ANCHOR)

    @property
    def exchange_secret(self) -> bytes:
        """The pseudonym key of this exchange."""
        return self.keyring.get(EXCHANGE_SECRET)

    def lock(self) -> AbstractContextManager[None]:
        """One command at a time changes releases. Raises ConfigurationError when another is at work."""
        return exclusive(self.var / "lock")

    def store(self, release: str, open_names: frozenset[str]) -> Store:
        """The artefacts of one release."""
        return Store(
            folder=self.var / "releases" / release,
            sealer=lambda name: self.sealer(release, kind_of(name)),
            open_names=open_names,
        )

    def sealer(self, subject: str, what: str) -> HoldingSealer:
        """Seals what a release or request has of one kind of the gateway's own files (``kinds``)."""
        return HoldingSealer(self.office.own_keys, key_name(subject, what))

    @property
    def known_keys(self) -> tuple[Key, ...]:
        """Every key that the ledger has a record of."""
        return keys(self.ledger.entries())

    def file_of_signers(self) -> list[Signer]:
        """What the allowed_signers file says, unchecked."""
        return read_allowed_signers(self.allowed_signers_path.read_text(encoding="utf-8"))

    def allowed_signers(self) -> list[Signer]:
        """Who may sign what. Raises IntegrityError when the file says other than the ledger."""
        found = self.file_of_signers()
        check_file(found, self.known_keys)
        return found

    @property
    def allowed_signers_path(self) -> Path:
        """The allowed_signers file. Raises ConfigurationError when it is missing."""
        path = self.root / self.settings.allowed_signers
        if not path.is_file():
            raise ConfigurationError(f"{path}：没有这个文件", f"{path}: no such file", next="gateway doctor")
        return path

    @cached_property
    def needed(self) -> dict[str, tuple[str, ...]]:
        """For each feed of the contract, the columns that some table reads, in order. Raises ConfigurationError."""
        needed: dict[str, set[str]] = {name: set() for name in self.source.feeds}
        for spec in (*self.tables, *self.beside):
            for measure in spec.measures:
                if measure.feed not in needed:
                    raise ConfigurationError(
                        f"表 {spec.name} 用到的数据流 {measure.feed} 不在数据源契约中",
                        f"the table {spec.name} uses the feed {measure.feed}, which the source contract lacks",
                    )
                needed[measure.feed] |= measure.columns(spec.dimensions)
        for name, columns in needed.items():
            feed = self.source.feeds[name]
            offered = {*feed.columns, *(feed.lookup.columns if feed.lookup else ())}
            if lacking := sorted(columns - offered):
                raise ConfigurationError(
                    f"数据源契约的 {name} 缺少表所用的列：{'、'.join(lacking)}",
                    f"the source contract's feed {name} lacks columns that tables use: {', '.join(lacking)}",
                )
        return {name: tuple(sorted(columns)) for name, columns in needed.items()}

    # digests of what a release rests on -------------------------------------------------------------------------------

    @cached_property
    def digest_of_terms(self) -> str:
        """The agreement without its confidential section."""
        return self.terms.digest

    @cached_property
    def digest_of_source(self) -> str:
        """The source contract."""
        return digest(self.source_path.read_bytes())

    @cached_property
    def digest_of_lists(self) -> str:
        """All code lists, as they are read."""
        files = {name: digest((self.pipelines / h.file).read_bytes()) for name, h in self.pipeline.hierarchies.items()}
        settings = {name: h.model_dump(mode="json") for name, h in self.pipeline.hierarchies.items()}
        return digest_of([files, settings])

    @cached_property
    def digests_of_tables(self) -> dict[str, str]:
        """Each table's declaration, cut down to what the agreement permits."""
        return {spec.name: digest_of(spec.model_dump(mode="json")) for spec in self.tables}

    @cached_property
    def digests_of_suites(self) -> dict[str, str]:
        """Each expectation suite."""
        return {name: digest(self.suite(name)) for name in self.suites}

    @property
    def suites(self) -> list[str]:
        """The suites of a release: the feeds', then the tables'."""
        return [f"feed_{name}" for name in self.source.feeds] + [spec.name for spec in self.tables]

    def suite(self, name: str) -> bytes:
        """One suite's file. Raises ConfigurationError when it is missing: nothing goes out unchecked."""
        if name in self.given_suites:
            return self.given_suites[name]
        path = self.root / "expectations" / f"{name}.json"
        if not path.is_file():
            raise ConfigurationError(
                f"{path}：没有期望套件，{name} 无法检验", f"{path}: no suite, so {name} can't be checked"
            )
        return path.read_bytes()

    @property
    def source_path(self) -> Path:
        """The source contract's file."""
        return self.pipelines / "sources" / f"{self.pipeline.source}.toml"

    @cached_property
    def declarations(self) -> dict[str, str]:
        """What the statement names: digests of terms, source contract, code lists, tables and suites."""
        return {
            "agreement": self.digest_of_terms,
            "source": self.digest_of_source,
            "codes": self.digest_of_lists,
            **{f"table/{name}": sha for name, sha in self.digests_of_tables.items()},
            **{f"suite/{name}": sha for name, sha in self.digests_of_suites.items()},
        }


def load_deployment(root: Path, now: datetime) -> Deployment:
    """The deployment in ``root`` as its agreement stands at ``now``.

    Raises ConfigurationError for every mistake in its files, TermsError for a table that the agreement does not
    permit."""
    office = load_office(root, now)
    root, settings, terms = office.root, office.settings, office.terms
    pipeline_path = root / settings.pipeline
    pipeline = load_toml(pipeline_path, Pipeline)
    folder = pipeline_path.parent
    hierarchies = {name: read_hierarchy(name, h, folder) for name, h in pipeline.hierarchies.items()}
    bands = {name: read_bands(h, folder) for name, h in pipeline.hierarchies.items()}
    tables = [_table(folder / "tables" / f"{name}.toml", name, hierarchies) for name in pipeline.tables]
    for spec in tables:
        check_clause(terms, spec.clause)
    return Deployment(
        root=root,
        settings=settings,
        terms=terms,
        calendar=office.calendar,
        pipeline=pipeline,
        source=load_toml(folder / "sources" / f"{pipeline.source}.toml", Source),
        tables=tuple(permit(terms, spec, now.date()) for spec in tables),
        hierarchies=hierarchies,
        bands={name: found for name, (found, _) in bands.items() if found},
        edges={name: found for name, (_, found) in bands.items() if found},
        keyring=Keyring(root / settings.store.keyring),
        office=office,
    )


def _table(path: Path, name: str, hierarchies: Mapping[str, Hierarchy]) -> TableSpec:
    spec = load_toml(path, TableSpec)
    if spec.name != name:
        raise ConfigurationError(f"{path}：name 应为 {name}", f"{path}: its name should be {name}")
    return check_table(spec, path, hierarchies)


def check_table(spec: TableSpec, path: Path, hierarchies: Mapping[str, Hierarchy]) -> TableSpec:
    """``spec`` as it is. Raises ConfigurationError for a code list or level that this deployment does not have."""
    for dimension in spec.dimensions:
        known = hierarchies.get(dimension.hierarchy)
        if known is None or not set(dimension.levels) <= set(known.levels) or known.levels[0] != dimension.levels[0]:
            raise ConfigurationError(
                f"{path}：维度 {dimension.name} 的代码表或层级不存在，或未从顶层开始",
                f"{path}: the code list or a level of {dimension.name} does not exist, or the top level is left out",
            )
    return spec
