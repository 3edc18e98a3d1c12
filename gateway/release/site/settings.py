"""This deployment's files: ``gateway.toml`` and ``pipelines/monthly.toml``. Strict: an unknown key is an error."""

from pydantic import Field, model_validator

from gateway.model.hierarchy import REST
from gateway.model.table import Declaration, Name, Wording


class SourceSettings(Declaration):
    """Where the platform's records lie: a folder, or a database URL that Ibis understands."""

    folder: str = "extract"
    connection: str | None = None


class StoreSettings(Declaration):
    """Where the gateway keeps its own: ``var`` for releases, history and the ledger; ``keyring`` for secrets."""

    var: str = "var"
    keyring: str = "keyring"


class CustodySettings(Declaration):
    """Material that is held for others, under the custody agreements among ``further_agreements``: where the keys of
    holdings lie. They are left out of backups on purpose; keep them on an encrypted volume that stands a lost disk."""

    keys: str = "holding-keys"


class EngineSettings(Declaration):
    """How much of the machine a run may use."""

    memory: str = "1GB"
    threads: int = Field(default=2, ge=1)


class SftpSettings(Declaration):
    """The inbox that packages are pushed to. The host's key is pinned in ``known_hosts``.

    ``reply``: seconds that a single answer may take; ``slowest``: bytes a second below which a line is given up."""

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    user: str
    inbox: str = "/inbox"
    receipts: str = "/receipts"
    known_hosts: str = "keys/known_hosts"
    reply: float = Field(default=120, gt=0)
    slowest: float = Field(default=16_384, gt=0)


class Settings(Declaration):
    """``gateway.toml``."""

    agreement: str
    further_agreements: tuple[str, ...] = ()
    calendar: str | None = None
    pipeline: str = "pipelines/monthly.toml"
    operator: Name
    allowed_signers: str = "keys/allowed_signers"
    source: SourceSettings = SourceSettings()
    store: StoreSettings = StoreSettings()
    custody: CustodySettings = CustodySettings()
    engine: EngineSettings = EngineSettings()
    sftp: SftpSettings


class TopNode(Declaration):
    """A top that the list's file does not have."""

    code: str
    level: str
    zh: str
    en: str


class BandColumns(Declaration):
    """Which columns of a list hold the bands' edges; ``scale`` is the number of integer units in one of the file's
    (100 for yuan to cents)."""

    low: str
    high: str
    unit: str | None = None
    scale: int = Field(default=1, ge=1)


class HierarchySettings(Declaration):
    """How a code list's CSV file is read."""

    file: str
    edition: str = ""
    levels: tuple[str, ...] = Field(min_length=1)
    code: str = "code"
    label: str = "label"
    label_en: str | None = None
    level: str | None = None
    all_at: str | None = None
    parent: str | None = None
    top: TopNode | None = None
    extra: tuple[TopNode, ...] = ()
    rest: Wording | None = None
    bands: BandColumns | None = None

    @model_validator(mode="after")
    def _fits(self) -> "HierarchySettings":
        if (self.level is None) == (self.all_at is None):
            raise ValueError("either a level column, or all_at for a flat list")
        if any(node.code.endswith(REST) for node in self.extra):
            raise ValueError(f"the ending {REST} is reserved")
        return self


class QualityLimits(Declaration):
    """Limits that the suites name as parameters; shares of 1. ``days_without_rows``: most days in a row of the month on
    which a feed may have no row."""

    refused_share: float = Field(ge=0, le=1)
    duplicate_share: float = Field(ge=0, le=1)
    out_of_code_list_share: float = Field(ge=0, le=1)
    unplaced_share: float = Field(ge=0, le=1)
    change_lower: float
    change_upper: float
    days_without_rows: int = Field(default=2, ge=0, le=31)


class Pipeline(Declaration):
    """``pipelines/monthly.toml``: what a month publishes."""

    tables: tuple[Name, ...] = Field(min_length=1)
    source: str
    quality: QualityLimits
    hierarchies: dict[Name, HierarchySettings]
