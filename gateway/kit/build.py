"""Packs the kit: one file that Python 3.11 or newer runs on Windows and Linux with nothing installed.

The same source gives the same bytes, so that its digest can be told by telephone."""

import io
import zipfile
from importlib.resources import files
from pathlib import Path

from gateway.base.canonical import digests

NAME = "gateway-receive.pyz"
_ROOT = Path(__file__).resolve().parents[1]
_MODULES = {
    "": ("__init__",),
    "base": ("__init__", "canonical", "errors", "files", "language", "sshsig", "text"),
    "model": ("__init__", "period", "release"),
    "receiving": (
        *("details", "dispositions", "duplicates", "entry", "export", "failed", "found"),
        *("posting", "reception", "register", "rule", "settling", "unpack"),
    ),
    "verifier": (
        *("__init__", "evidence", "heads", "inside", "ledger", "outside", "package", "public", "report"),
        *("shapes", "signatures", "tables", "wording", "zips"),
    ),
    "kit": ("__init__", "program", "receiving"),
    "kit/pure": ("__init__", "aes", "ed25519", "keys", "sm3", "zips"),
}
"""What goes in as it is: these modules import nothing but each other and the standard library."""

_KEYS = "from gateway.kit.pure.keys import"
_STANDING_IN = {
    "__main__.py": "import sys\n\nfrom gateway.kit.program import main\n\nsys.exit(main())\n",
    "gateway/receiving/__init__.py": "",
    "cryptography/__init__.py": "",
    "cryptography/exceptions.py": f"{_KEYS} InvalidSignature, UnsupportedAlgorithm\n",
    "cryptography/hazmat/__init__.py": "",
    "cryptography/hazmat/primitives/__init__.py": "",
    "cryptography/hazmat/primitives/asymmetric/__init__.py": "",
    "cryptography/hazmat/primitives/asymmetric/ed25519.py": f"{_KEYS} Ed25519PrivateKey, Ed25519PublicKey\n",
    "cryptography/hazmat/primitives/serialization.py": (
        f"{_KEYS} Encoding, NoEncryption, PrivateFormat, PublicFormat, load_ssh_private_key\n"
    ),
    "pyzipper/__init__.py": "from gateway.kit.pure.zips import AESZipFile, BadZipFile\n",
    "tzdata/__init__.py": "",
    "tzdata/zoneinfo/__init__.py": "",
    "tzdata/zoneinfo/Asia/__init__.py": "",
}
"""What takes the libraries' place: their names, with what ``pure`` has of them; the zone that Windows does not have."""


def kit() -> bytes:
    """The zipapp."""
    members = {
        f"gateway/{room}/{module}.py".replace("//", "/"): (_ROOT / room / f"{module}.py").read_bytes()
        for room, modules in _MODULES.items()
        for module in modules
    }
    members |= {name: text.encode() for name, text in _STANDING_IN.items()}
    for zone in ("Asia/Shanghai", "UTC"):
        members[f"tzdata/zoneinfo/{zone}"] = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    out = io.BytesIO()
    out.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def instruction(sender: str, recipients: tuple[str, ...], stewards: tuple[str, ...], program: bytes) -> bytes:
    """The one-page instruction: with the kit, and with 7-Zip, ``ssh-keygen`` and ``certutil`` alone."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("gateway.kit", "."), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("instruction.html")
    said = {"sender": sender, "recipients": recipients, "stewards": stewards, "digests": digests(program)}
    return page.render(program=NAME, **said).encode()


BATCH = f'@echo off\r\npy -3 "%~dp0{NAME}" %*\r\n'
"""For Windows: finds Python by its launcher, and passes everything on. ASCII fits any code page."""
