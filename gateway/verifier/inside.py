"""What can be checked with the passphrase: the content against what two stewards signed."""

import hashlib
import re
import unicodedata

from gateway.verifier import shapes, tables
from gateway.verifier.evidence import Evidence
from gateway.verifier.public import PUBLIC_SHAPE
from gateway.verifier.report import NotThere, Problem
from gateway.verifier.shapes import ENDINGS, STATEMENT_ALGORITHMS
from gateway.verifier.signatures import signer

_CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){2}")


def decryption(evidence: Evidence) -> None:
    """The passphrase opens every entry."""
    if set(evidence.contents) != {entry.name for entry in evidence.entries}:
        raise Problem("解密所得条目不符", "other entries were decrypted than the zip lists")


def statement(evidence: Evidence) -> None:
    """The statement is the one that the manifest names, in its agreed shape."""
    data, manifest = evidence.statement_bytes, evidence.manifest
    found = (hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest())
    if found != (manifest["statement_sha256"], manifest["statement_sm3"]):
        raise Problem("签批单的摘要与清单不符", "the statement's digest is not the manifest's")
    if evidence.statement["alg"] != STATEMENT_ALGORITHMS:
        raise Problem("签批单使用了未知的算法", "the statement names unknown algorithms")
    if not evidence.statement["files"]:
        raise Problem("签批单没有列出文件", "the statement lists no files")


def entries(evidence: Evidence) -> None:
    """The zip holds exactly what the statement lists, in its order, each of its type."""
    listed = [file["entry"] for file in evidence.statement["files"]]
    if [entry.name for entry in evidence.entries] != [*listed, "statement.json", "acceptance.txt"]:
        raise Problem("条目与签批单不一致", "the entries are not those of the statement")
    for file in evidence.statement["files"]:
        if file["entry"].rpartition(".")[2] != ENDINGS[file["role"]]:
            raise Problem("文件的用途与类型不符", "a file's role does not fit its type")


def contents(evidence: Evidence) -> None:
    """Each file has the size, SHA-256 and SM3 that the stewards signed."""
    for file in evidence.statement["files"]:
        data = evidence.contents[file["entry"]]
        found = (len(data), hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest())
        if found != (file["bytes"], file["sha256"], file["sm3"]):
            raise Problem(
                f"{file['entry']} 的摘要与签批单不符", f"the digest of {file['entry']} is not the statement's"
            )


def rows(evidence: Evidence) -> None:
    """Each CSV has the rows that the statement counts; a table's are always counted."""
    for file in evidence.statement["files"]:
        name, counted, is_csv = file["entry"], file["rows"], file["entry"].endswith(".csv")
        if (counted is None and file["role"] == "table") or (counted is not None and not is_csv):
            raise Problem(f"签批单未正确给出 {name} 的行数", f"the statement does not count {name} as it should")
        if counted is not None and len(tables.records(evidence.contents[name])) - 1 != counted:
            raise Problem(f"{name} 的行数与签批单不符", f"the number of rows of {name} is not the statement's")


def figures(evidence: Evidence) -> None:
    """In each table every figure fits its status, and a withheld one has no value."""
    for file in evidence.statement["files"]:
        if file["role"] == "table":
            try:
                tables.check(evidence.contents[file["entry"]], evidence.statement["period"])
            except Problem as problem:
                raise Problem(f"{file['entry']}：{problem.zh}", f"{file['entry']}: {problem.en}") from problem


def approvals(evidence: Evidence) -> None:
    """Two people, two keys, neither of them the operator, signed the statement's bytes."""
    people, keys = [], []
    for approval in evidence.manifest["approvals"]:
        by = signer(evidence.statement_bytes, approval["signature"], "release-approval", evidence.trusted, evidence.at)
        if by.who != approval["steward"]:
            raise Problem("批准人与签名不符", "an approval was signed by another person")
        people.append(_folded(by.who))
        keys.append(by.key)
    if len(people) != 2 or people[0] == people[1] or keys[0] == keys[1]:
        raise Problem("不是两名不同的数据审核员各批准一次", "not two different stewards, each once")
    if _folded(evidence.statement["operator"]) in people:
        raise Problem("制作人批准了自己的制作", "the operator approved their own build")


def acceptance_code(evidence: Evidence) -> None:
    """The acceptance code is the one whose digest the manifest names."""
    code = acceptance(evidence)
    if code is None or hashlib.sha256(code.encode()).hexdigest() != evidence.manifest["acceptance_sha256"]:
        raise Problem("验收码与清单不符", "the acceptance code is not the manifest's")


def acceptance(evidence: Evidence) -> str | None:
    """The acceptance code inside the package, or None if what lies there is not one."""
    found = evidence.contents["acceptance.txt"].decode("ascii", errors="replace")
    code = re.sub(r"\r?\n\Z", "", found)
    return code if _CODE.fullmatch(code) else None


def consistency(evidence: Evidence) -> None:
    """Statement and manifest speak of the same release."""
    for key in ("release", "period", "revision", "agreement", "supersedes"):
        if evidence.statement[key] != evidence.manifest[key]:
            raise Problem(f"签批单与清单的 {key} 不同", f"statement and manifest differ in {key}")


def gates(evidence: Evidence) -> None:
    """The gates that the statement reports all passed."""
    for key in ("disclosure", "quality", "privacy"):
        if not evidence.statement[key]["passed"]:
            raise Problem(f"签批单中的 {key} 检查未通过", f"the statement's {key} gate did not pass")


def protection(evidence: Evidence) -> None:
    """The public certificate of the disclosure control is about exactly these tables, this history, and the secret
    certificate that the stewards signed for, and says that it passed. Raises NotThere where there is none."""
    listed = [file["entry"] for file in evidence.statement["files"] if file["role"] == "certificate"]
    if not listed:
        raise NotThere
    if len(listed) > 1:
        raise Problem("有多份披露控制证书", "there are several disclosure certificates")
    stated = shapes.read(evidence.contents[listed[0]], PUBLIC_SHAPE)
    tables = {file["entry"]: file["sha256"] for file in evidence.statement["files"] if file["role"] == "table"}
    of_this = (evidence.statement["release"], evidence.statement["period"], evidence.statement["disclosure"])
    if (stated["release"], stated["period"]) != of_this[:2] or stated["tables"] != tables:
        raise Problem("披露控制证书不是这些统计表的", "the disclosure certificate is not that of these tables")
    if stated["certificate"] != of_this[2]["certificate"]:
        raise Problem(
            "公开证书与签批单所指的秘密证书不符", "it is not of the secret certificate that the statement names"
        )
    if stated["history"]["head"] != evidence.statement["history_head"]:
        raise Problem("证书所涉的历史不是签批单所述的", "the certificate covers another history than the statement")
    if not stated["passed"] or not all(stated["results"].values()):
        raise Problem("披露控制未通过独立核验", "the disclosure control did not pass its verification")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
