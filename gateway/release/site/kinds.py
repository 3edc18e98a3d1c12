"""The kinds of the gateway's own files, each a holding of the main agreement with its own term and key.

They are named as the agreement's ``[[retention]]`` rows name them. A file is told apart by its name; what is not named
here counts as secret cells, which go first."""

from pathlib import PurePath

EXTRACT, FEEDS, SECRET, PACKAGES, REQUESTS = "extract", "feeds", "secret_cells", "packages", "requests"
OWN = (EXTRACT, FEEDS, SECRET, PACKAGES, REQUESTS)
"""In the order of a month's walk."""

_PACKAGES = frozenset(
    {
        "approvals",
        "certificate-public.json",
        "clearances",
        "declared.json",
        "drafts.json",
        "extract.json",
        "findings.json",
        "ingest.json",
        "package",
        "privacy-drafts.json",
        "published.json",
        "quality.json",
        "recall",
        "receipts",
        "slip-scan",
        "stages.json",
        "statement.json",
        "tables.json",
        "validation.html",
    }
)
"""What a release's evidence consists of, beside the drafts (01.xlsx and so on): nothing in it is unprotected."""


def kind_of(path: str | PurePath) -> str:
    """The kind of a release's file, by its place below the release's folder or by its artefact's name."""
    first = PurePath(path).parts[0]
    if first == "feeds":
        return FEEDS
    name = first.removesuffix(".sealed")
    return PACKAGES if name in _PACKAGES or name[:2].isdigit() else SECRET


def key_name(subject: str, what: str) -> str:
    """The name of the key that seals what a release or request (``subject``) has of one kind."""
    return f"{subject}.{what}"
