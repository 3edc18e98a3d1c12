"""A whole month without any product: tables, blanking, files, scan, encrypted package, delivery."""

import argparse
import base64
import csv
import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pandas as pd

from benchmarks.plain.tables import Month, contributors, load, tables

MIN_GROUPS = 3
MIN_PERSONS = 10
GROUP_MEASURES = ("postings", "vacancies", "published")
DIMENSIONS = ("region", "industry", "pay", "skill", "age")
# What each derived figure is computed from; the figure goes when one of these is blank.
DERIVED = {
    "ratio": ("vacancies", "seekers"),
    "vacancy_share": ("vacancies",),
    "seeker_share": ("seekers",),
    "q1": ("postings",),
    "median": ("postings",),
    "q3": ("postings",),
    "match_rate": ("matched", "applied"),
}


def blank_small_cells(month: Month, full: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Blank counts with too few employer groups or persons behind them, and what is derived from them."""
    behind = contributors(month)
    result = {}
    for name, table in full.items():
        keys = [column for column in table if column in DIMENSIONS]
        numbers = table[keys].merge(behind[name], on=keys, how="left")
        blanked = table.copy()
        for column in numbers.columns.difference(keys):
            least = MIN_GROUPS if column in GROUP_MEASURES else MIN_PERSONS
            blanked[column] = table[column].astype("Int64").mask(numbers[column] < least)
        for column, terms in DERIVED.items():
            if column in blanked:
                blanked[column] = blanked[column].mask(blanked[list(terms)].isna().any(axis=1))
        for column in ("q1", "median", "q3"):
            if column in blanked:
                blanked[column] = blanked[column].astype("Int64")
        if name == "supply_demand":
            whole = blanked[blanked["industry"] == "Total"].set_index("region")
            for measure, share in (("vacancies", "vacancy_share"), ("seekers", "seeker_share")):
                blanked[share] = blanked[share].mask(blanked["region"].map(whole[measure]).isna())
        result[name] = blanked
    return result


def write_files(published: dict[str, pd.DataFrame], month: str, out: Path) -> list[Path]:
    """Write each table as CSV and all of them as one workbook."""
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for name, table in published.items():
        files.append(out / f"{month}-{name}.csv")
        table.to_csv(files[-1], index=False, encoding="utf-8-sig")
    files.append(out / f"{month}.xlsx")
    with pd.ExcelWriter(files[-1], engine="xlsxwriter") as book:
        for name, table in published.items():
            table.to_excel(book, sheet_name=name, index=False)
    return files


def read_cells(files: Sequence[Path]) -> Iterator[str]:
    """Every cell of the CSV files that is not empty, headers included."""
    for path in files:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for row in csv.reader(lines):
                    yield from filter(None, row)


def scan(files: Sequence[Path]) -> tuple[int, Counter[str]]:
    """Run Presidio over the cells one by one: number of cells, and findings by kind of entity."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IpRecognizer,
        PhoneRecognizer,
    )

    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "no_op",
            "models": [{"lang_code": "zh", "model_name": "no_op"}],
        }
    ).create_engine()
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.load_predefined_recognizers(languages=["zh"], nlp_engine=engine)
    present = {type(recognizer) for recognizer in registry.recognizers}
    for kind in (CreditCardRecognizer, EmailRecognizer, PhoneRecognizer, IpRecognizer):
        if kind not in present:
            registry.add_recognizer(kind(supported_language="zh"))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["zh"])

    cells, findings = 0, Counter[str]()
    for cell in read_cells(files):
        cells += 1
        findings.update(result.entity_type for result in analyzer.analyze(text=cell, language="zh"))
    return cells, findings


def package(files: Sequence[Path], target: Path) -> None:
    """Zip the files with AES-256; the random passphrase goes to a private file beside the package."""
    import pyzipper

    passphrase = secrets.token_urlsafe(24)
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for path in files:
            archive.write(path, path.name)
    secret = target.with_suffix(".passphrase")
    secret.touch(mode=0o600)
    secret.write_text(passphrase + "\n", encoding="utf-8")


def send(path: Path, host: str, port: int, user: str, key: Path, host_key: str, inbox: str) -> None:
    """Put the package into the receiver's inbox; only the given host key is accepted."""
    import paramiko

    kind, encoded = host_key.split()[:2]
    known = paramiko.PKey.from_type_string(kind, base64.b64decode(encoded))
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.get_host_keys().add(host if port == 22 else f"[{host}]:{port}", kind, known)
        client.connect(host, port, user, key_filename=str(key), look_for_keys=False, allow_agent=False, timeout=30)
        with client.open_sftp() as sftp:
            sftp.put(str(path), str(PurePosixPath(inbox) / path.name))


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plain.month", description=__doc__)
    parser.add_argument("extract", type=Path, metavar="EXTRACT", help="folder with the three CSV files")
    parser.add_argument("month", metavar="MONTH", help="YYYY-MM")
    parser.add_argument("--codes", type=Path, required=True, metavar="DIR", help="folder with the code lists")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sftp-host", metavar="H", help="send to this host; needs the next three as well")
    parser.add_argument("--sftp-port", type=int, default=22, metavar="P")
    parser.add_argument("--sftp-user", metavar="U")
    parser.add_argument("--sftp-key", type=Path, metavar="FILE")
    parser.add_argument("--sftp-hostkey", metavar="KEY", help='for example "ssh-ed25519 AAAA..."')
    parser.add_argument("--inbox", default="/inbox")
    options = parser.parse_args(given)
    if options.sftp_host and not (options.sftp_user and options.sftp_key and options.sftp_hostkey):
        parser.error("--sftp-host needs --sftp-user, --sftp-key and --sftp-hostkey")
    return options


def main(given: Sequence[str] | None = None) -> None:
    """Do the month and print one line of JSON."""
    options = arguments(given)
    seconds: dict[str, float | None] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[step] = round(time.perf_counter() - start, 3)

    with timed("read"):
        month = load(options.extract, options.month, options.codes)
    with timed("tables"):
        full = tables(month)
    with timed("blank"):
        published = blank_small_cells(month, full)
    with timed("write"):
        files = write_files(published, options.month, options.out)
    with timed("scan"):
        cells, findings = scan(files)
    target = options.out / f"{options.month}.zip"
    with timed("zip"):
        package(files, target)
    seconds["send"] = None
    if options.sftp_host:
        with timed("send"):
            send(
                target,
                options.sftp_host,
                options.sftp_port,
                options.sftp_user,
                options.sftp_key,
                options.sftp_hostkey,
                options.inbox,
            )
    report = {
        "month": options.month,
        "seconds": seconds,
        "rows": {name: len(table) for name, table in published.items()},
        "cells": cells,
        "findings": findings.total(),
        "findings_by_kind": dict(sorted(findings.items())),
        "account": month.account,
    }
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
