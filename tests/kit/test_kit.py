"""The kit is ``gateway receive`` in one file: the same verdicts, registers and receipts, with nothing installed."""

import ast
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.base import age, sshsig
from gateway.base.language import is_chinese
from gateway.kit import receiving as kit_side
from gateway.kit.build import BATCH, NAME, instruction, kit
from gateway.kit.program import speak
from gateway.receiving import PackageRefusedError, Reception, read_register
from gateway.receiving.dispositions import NEXT, SAID, Disposition
from gateway.receiving.rule import MEANINGS
from gateway.release.sending.receiptchecks import SAID as REFUSED
from gateway.release.sending.receiptchecks import Refusal
from gateway.verifier import TITLES
from gateway.verifier.ledger import CHECKS
from gateway.verifier.package import INSIDE, OUTSIDE
from tests.ledger.flips import content
from tests.package_attacks import FORGED, TOUCHED, Attack
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, NOW, PASSPHRASE, RECIPIENT, RELEASE, Plan
from tests.receiving.bureau import Bureau
from tests.verifier.test_ledger import entries, write


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kit") / NAME
    path.write_bytes(kit())
    return path


def ours(bureau: Bureau, package: Path, **changes: object) -> Reception:
    """The kit's reception, in this process."""
    arguments = {
        "passphrase": PASSPHRASE,
        "allowed_signers": ALLOWED_SIGNERS,
        "recipient": RECIPIENT,
        "key": BUREAU,
        "register": bureau.register,
        "receipts": bureau.receipts,
        "unpack": bureau.files,
        "now": NOW,
    }
    try:
        return kit_side.receive([package], **(arguments | changes))  # type: ignore[arg-type]
    except PackageRefusedError as error:
        return error.reception


def theirs(bureau: Bureau, package: Path) -> Reception:
    try:
        return bureau.receive(package)
    except PackageRefusedError as error:
        return error.reception


def same(one: Bureau, other: Bureau, package: Path) -> tuple[Reception, Reception]:
    found = ours(one, package), theirs(other, package)
    assert found[0].disposition == found[1].disposition
    assert [(c.name, c.passed) for c in found[0].checks] == [(c.name, c.passed) for c in found[1].checks]
    assert (found[0].number, found[0].repeated, found[0].release) == (
        found[1].number,
        found[1].repeated,
        found[1].release,
    )
    return found


def test_a_good_package_gives_the_same_bytes_in_register_and_receipt(tmp_path: Path) -> None:
    package = Plan().write(tmp_path / "in")
    one, other = Bureau(tmp_path / "kit"), Bureau(tmp_path / "gateway")
    for _ in range(2):
        same(one, other, package)
    assert content_of(one) == content_of(other)
    for path in one.receipts.iterdir():
        assert path.read_bytes() == (other.receipts / path.name).read_bytes()
    assert read_register(one.register) == read_register(other.register)


def content_of(bureau: Bureau) -> list[tuple[str, bytes]]:
    return sorted((path.name, path.read_bytes()) for path in (bureau.files / RELEASE).iterdir())


@pytest.mark.parametrize("attack", FORGED, ids=[attack.name for attack in FORGED])
def test_forged(tmp_path: Path, attack: Attack) -> None:
    package = attack.plan().write(tmp_path / "in")
    found, _ = same(Bureau(tmp_path / "kit"), Bureau(tmp_path / "gateway"), package)
    assert found.checks[-1].name == attack.refused_by
    assert not (tmp_path / "kit" / "files").exists()


@pytest.mark.parametrize(("name", "change", "refused_by"), TOUCHED, ids=[name for name, _, _ in TOUCHED])
def test_touched(tmp_path: Path, name: str, change: Callable[[Path], object], refused_by: str) -> None:
    change(Plan().write(tmp_path / "in"))
    here = next(path for path in (tmp_path / "in").glob("LGTJ_*") if path.is_file())
    found, _ = same(Bureau(tmp_path / "kit"), Bureau(tmp_path / "gateway"), here)
    assert found.checks[-1].name == refused_by, name


def test_duplicates_and_superseded_revisions(tmp_path: Path) -> None:
    one, other = Bureau(tmp_path / "kit"), Bureau(tmp_path / "gateway")
    first, second = Plan(), Plan(release=RELEASE.replace("R01", "R02"))
    for plan in (second, first, Plan(release=RELEASE.replace("R01", "R02"), manifest={"due": None})):
        same(one, other, plan.write(tmp_path / f"in-{id(plan)}"))
    assert [e.disposition for e in read_register(one.register)] == [
        e.disposition for e in read_register(other.register)
    ]


def test_the_checks_are_those_of_the_receiver() -> None:
    assert [rule.name for rule in kit_side.RULES] == list(MEANINGS)


def test_every_check_result_and_refusal_has_its_words() -> None:
    assert set(TITLES) == {asked.__name__.replace("_", "-") for asked in OUTSIDE + INSIDE} | set(CHECKS)
    assert set(SAID) == set(NEXT) == set(Disposition)
    assert set(REFUSED) == set(Refusal)
    assert {name for name in MEANINGS if name != "duplicate"} <= set(TITLES)


# the file ----------------------------------------------------------------------------------------------------------


def run(program: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without site packages, without the environment, from elsewhere: nothing but Python and the file."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"LANG": "C.UTF-8", **environment},
        timeout=120,
    )


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A clerk's folder: the four files, the key, the signers, the passphrase."""
    Plan().write(tmp_path)
    (tmp_path / "allowed_signers").write_text(ALLOWED_SIGNERS)
    (tmp_path / "receipt_key").write_bytes(BUREAU)
    (tmp_path / "receipt_key").chmod(0o600)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return tmp_path


RECEIVE = ("receive", f"{RELEASE}.zip", "--recipient", RECIPIENT, "--key", "receipt_key")
KNOWN = ("--allowed-signers", "allowed_signers", "--passphrase-file", "passphrase")


def test_it_is_one_small_file_and_the_same_each_time(program: Path) -> None:
    assert program.read_bytes() == kit()
    assert len(kit()) < 200_000
    with zipfile.ZipFile(program) as archive:
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())


def test_it_receives_registers_and_signs_what_ssh_keygen_accepts(program: Path, office: Path) -> None:
    done = run(program, office, *RECEIVE, *KNOWN, "--unpack", "received", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["valid"], document["disposition"], document["register_number"]) == (True, "processed", 1)
    receipt = office / "receipts" / f"{RELEASE}.R1.json"
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", RECIPIENT, "-n", "delivery-receipt"]
    command += ["-s", f"{receipt}.sig"]
    assert subprocess.run(command, input=receipt.read_bytes(), capture_output=True, cwd=office).returncode == 0
    assert (office / "received" / RELEASE / "02.csv").is_file()
    again = json.loads(run(program, office, *RECEIVE, *KNOWN, "--json").stdout)
    assert again["repeated"]
    exported = run(program, office, "register", "register.db", "--out", "register.csv")
    assert exported.returncode == 0, exported.stderr
    assert RELEASE in (office / "register.csv").read_text(encoding="utf-8-sig")


def test_it_refuses_and_says_why_in_the_readers_language(program: Path, office: Path) -> None:
    package = office / f"{RELEASE}.zip"
    package.write_bytes(package.read_bytes()[:-1] + b"x")
    english, chinese = (
        run(program, office, *RECEIVE, *KNOWN),
        run(program, office, *RECEIVE, *KNOWN, LANG="zh_CN.UTF-8"),
    )
    assert english.returncode == chinese.returncode == 18
    assert "package-digest" in english.stdout
    assert "do not" in english.stderr or "don't use this package" in english.stderr
    assert "请勿使用该包" in chinese.stderr
    assert not (office / "received").exists()


def test_a_wrapped_passphrase_is_not_tried_as_one(program: Path, office: Path) -> None:
    (office / "passphrase").write_text(age.wrap(PASSPHRASE.encode(), sshsig.public_line(BUREAU)))
    done = run(program, office, *RECEIVE, *KNOWN)
    assert done.returncode == 11
    assert "age -d -i KEY" in done.stderr
    assert not (office / "register.db").exists()


def test_it_verifies_without_registering(program: Path, office: Path) -> None:
    done = run(program, office, "verify", ".", *KNOWN, "--recipient", RECIPIENT, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["valid"], document["scope"]) == (0, True, "all")
    outside = json.loads(run(program, office, "verify", ".", "--allowed-signers", "allowed_signers", "--json").stdout)
    assert (outside["valid"], outside["scope"]) == (True, "outside")
    assert not (office / "register.db").exists()


def test_it_checks_a_ledgers_file_against_a_slip(program: Path, office: Path) -> None:
    rows = entries()
    path = write(office / "ledger.db", rows)
    head = " ".join(re.findall("." * 8, rows[3][7]))
    assert run(program, office, "ledger", "ledger.db", "--against", f"4:{head}").returncode == 0
    write(path, rows[:3])
    cut = run(program, office, "ledger", "ledger.db", "--against", f"4:{head}", "--json")
    assert (cut.returncode, json.loads(cut.stdout)["first_bad"]) == (18, 4)
    assert content(path)


def test_a_python_without_sm3_has_it_all_the_same(program: Path, office: Path) -> None:
    """As where OpenSSL is built without it."""
    script = (
        "import hashlib, runpy, sys\n"
        "real = hashlib.new\n"
        "def new(name, data=b'', **more):\n"
        "    if name == 'sm3': raise ValueError('unsupported hash type sm3')\n"
        "    return real(name, data, **more)\n"
        "hashlib.new = new\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    command = [sys.executable, "-I", "-S", "-c", script, str(program), *RECEIVE, *KNOWN, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=office, env={"LANG": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"]


def test_on_a_console_of_gbk_it_speaks_gbk_and_json_stays_utf8(program: Path, office: Path) -> None:
    """As a Chinese Windows has it wherever output goes to a pipe or a file. -E would hide the variable, so no -I."""
    command = [sys.executable, "-s", "-S", "-X", "utf8=0", str(program), *RECEIVE, *KNOWN]
    gbk = {"LANG": "zh_CN", "PYTHONIOENCODING": "gbk", "PYTHONTZPATH": ""}  # nor has it a data base of time zones
    for more in ((), ("--register", "other.db", "--receipts", "other")):
        done = subprocess.run([*command, *more], capture_output=True, cwd=office, env=gbk)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "√ 清单签名有效 [manifest-signature]" in done.stdout.decode("gbk")
    package = office / f"{RELEASE}.zip"
    package.write_bytes(package.read_bytes()[:-1] + b"x")
    refused = subprocess.run(command, capture_output=True, cwd=office, env=gbk)
    assert "× 压缩包摘要相符 [package-digest]：" in refused.stdout.decode("gbk")
    assert "请勿使用该包" in refused.stderr.decode("gbk")
    document = json.loads(subprocess.run([*command, "--json"], capture_output=True, cwd=office, env=gbk).stdout)
    assert document["checks"][-1]["reason"].endswith("与清单不符")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "gbk", "utf-8"])
@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
def test_no_console_stops_it(program: Path, office: Path, encoding: str, language: str) -> None:
    environment = {"LANG": language, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-s", "-S", str(program), "verify", ".", "--allowed-signers", "allowed_signers"]
    done = subprocess.run(command, capture_output=True, cwd=office, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("number", "before", "chinese"),
    [
        (0x0804, {}, True),  # zh-CN
        (0x0404, {}, True),  # zh-TW
        (0x0409, {}, False),  # en-US
        (0xFFFF, {}, False),
        (0x0804, {"LC_ALL": "en_US.UTF-8"}, False),  # who sets a variable means it
        (0x0409, {"LANGUAGE": "zh"}, True),
    ],
)
def test_it_speaks_the_language_of_windows(number: int, before: dict[str, str], chinese: bool) -> None:
    speak(before, lambda: number)
    assert is_chinese(before) is chinese


WINDOWS_HAS_NOT = {
    *("fcntl", "grp", "pwd", "posix", "pty", "termios", "resource", "syslog", "tty", "readline", "curses", "crypt"),
    *("fork", "forkpty", "chown", "lchown", "chroot", "getuid", "geteuid", "getgid", "setuid", "mkfifo", "mknod"),
    *("fchmod", "fchown", "uname", "nice", "killpg", "getpgid", "setsid", "wait", "pread", "pwrite", "openpty"),
    *("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_DSYNC", "SIGKILL", "AF_UNIX", "sync", "fdatasync"),
}
ANYWHERE = {
    *("argparse", "base64", "binascii", "codecs", "collections", "contextlib", "csv", "ctypes", "dataclasses"),
    *("datetime", "enum", "errno", "fnmatch", "functools", "getpass", "hashlib", "hmac", "io", "itertools", "json"),
    *("locale", "math", "os", "pathlib", "re", "secrets", "shutil", "sqlite3", "struct", "sys", "tempfile", "types"),
    *("typing", "unicodedata", "warnings", "zipfile", "zlib", "zoneinfo"),
}
"""Of the standard library: what Python for Windows has (docs.python.org names the exceptions: Availability)."""


def test_nothing_in_it_is_for_posix_only_and_no_text_depends_on_the_locale(program: Path) -> None:
    with zipfile.ZipFile(program) as archive:
        sources = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")}
    ours = {name.split("/")[0].removesuffix(".py") for name in sources}
    imported = set()
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split(".")[0])
            elif isinstance(node, ast.Attribute):
                base = node.value.id if isinstance(node.value, ast.Name) else ""
                assert base not in ("os", "signal", "socket") or node.attr not in WINDOWS_HAS_NOT, (name, node.lineno)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                words = {word.arg for word in node.keywords}
                if called in ("write_text",) or (called == "read_text" and isinstance(node.func, ast.Attribute)):
                    assert "encoding" in words, (name, node.lineno)
                if called == "open" and isinstance(node.func, ast.Name):
                    assert "encoding" in words, (name, node.lineno)
    assert imported <= ours | ANYWHERE


def test_it_receives_where_only_windows_modules_are_there(program: Path, office: Path) -> None:
    """The whole command, with every module hidden that Windows does not have."""
    script = (
        "import os, runpy, shutil, sys  # shutil takes one or the other system's module\n"
        f"for name in {sorted(WINDOWS_HAS_NOT)!r}: sys.modules[name] = None\n"
        f"for name in {sorted(WINDOWS_HAS_NOT)!r}: vars(os).pop(name, None)\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    command = [sys.executable, "-I", "-S", "-c", script, str(program), *RECEIVE, *KNOWN, "--unpack", "out", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=office, env={"LANG": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_that_notepad_or_powershell_saved_are_read(program: Path, office: Path, encoding: str) -> None:
    (office / "passphrase").write_text(PASSPHRASE + "\r\n", encoding=encoding)
    (office / "allowed_signers").write_text(ALLOWED_SIGNERS.replace("\n", "\r\n"), encoding=encoding)
    assert run(program, office, *RECEIVE, *KNOWN).returncode == 0


def test_a_file_in_another_encoding_is_told(program: Path, office: Path) -> None:
    (office / "allowed_signers").write_bytes("数据管理员".encode("gbk"))
    done = run(program, office, *RECEIVE, *KNOWN)
    assert (done.returncode, "Traceback" in done.stderr) == (11, False)
    assert "encoding" in done.stderr


def test_nobody_at_the_prompt_is_no_traceback(program: Path, office: Path) -> None:
    command = [sys.executable, "-I", "-S", str(program), *RECEIVE, "--allowed-signers", "allowed_signers"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=office,
        env={"LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert done.returncode == 11, done.stderr
    assert "no passphrase was typed" in done.stderr


def test_whatever_was_tampered_with_is_refused_by_the_file_itself_and_it_says_why(
    program: Path, tmp_path: Path
) -> None:
    """Every attack, by the program that the bureau runs: its own AES, Ed25519, SM3 and zip reader."""
    expected = {}
    for number, attack in enumerate(FORGED):
        expected[f"{number:03}"] = (attack.refused_by, attack.disposition)
        attack.plan().write(tmp_path / f"{number:03}")
    for number, (_, change, refused_by) in enumerate(TOUCHED, start=len(FORGED)):
        expected[f"{number:03}"] = (refused_by, None)
        change(Plan().write(tmp_path / f"{number:03}"))
    for name in expected:
        other = tmp_path / name / "other"  # what some attacks took a part from
        if other.is_dir():
            shutil.rmtree(other)
    (tmp_path / "allowed_signers").write_text(ALLOWED_SIGNERS)
    (tmp_path / "key").write_bytes(BUREAU)
    script = (
        "import io, json, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from gateway.kit.program import main\n"
        "said = {}\n"
        "for name in sys.argv[4:]:\n"
        "    sys.stdout = io.StringIO()\n"
        f"    code = main(['receive', name, '--recipient', {RECIPIENT!r}, '--key', 'key', '--allowed-signers',\n"
        "        'allowed_signers', '--passphrase-file', sys.argv[2], '--register', name + '.db', '--receipts',\n"
        "        name + '-receipts', '--unpack', sys.argv[3], '--json'])\n"
        "    said[name] = code, json.loads(sys.stdout.getvalue())\n"
        "    sys.stdout = sys.__stdout__\n"
        "print(json.dumps(said))\n"
    )
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    command = [sys.executable, "-I", "-S", "-c", script, str(program), "passphrase", "unpacked", *expected]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"LANG": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said) == len(expected) > 80
    for name, (refused_by, disposition) in expected.items():
        code, document = said[name]
        assert (code, document["valid"], document["checks"][-1]["name"]) == (18, False, refused_by)
        assert document["checks"][-1]["reason"]
        assert disposition in (None, document["disposition"])
    assert not (tmp_path / "unpacked").exists()


def test_what_is_missing_is_told_without_a_traceback(program: Path, office: Path) -> None:
    for arguments in (
        ("receive", "none.zip", *RECEIVE[2:], *KNOWN),
        ("receive", RECEIVE[1], "--recipient", RECIPIENT, "--key", "no-key", *KNOWN),
        ("receive", RECEIVE[1], "--recipient", "someone", "--key", "receipt_key", *KNOWN),
        ("ledger", "none.db"),
    ):
        done = run(program, office, *arguments)
        assert done.returncode in (10, 11, 18), done.stderr
        assert "Traceback" not in done.stderr
    assert run(program, office).returncode == 2


# the page ----------------------------------------------------------------------------------------------------------


def commands(page: bytes) -> dict[str, str]:
    found = re.findall(r'<pre data-run="(\w+)">(.*?)</pre>', page.decode(), re.S)
    return {name: html.unescape(text).strip() for name, text in found}


def powershell(line: str, folder: Path) -> str:
    """What that one line of PowerShell puts into a.sig, which no Linux tool runs: read and done step by step."""
    step = re.fullmatch(
        r'powershell -c "\(Get-Content (\S+) -Raw \| ConvertFrom-Json\)\.(\w+)\[(\d)\]\.(\w+)'
        r' \| Set-Content a\.sig -NoNewline -Encoding ascii"',
        line,
    )
    assert step is not None, line
    document = json.loads((folder / re.sub(r"\bX\b", RELEASE, step[1])).read_text())
    return str(document[step[2]][int(step[3])][step[4]])


def test_the_file_for_windows_is_plain_ascii_with_its_line_ends() -> None:
    assert BATCH.isascii()
    assert BATCH.splitlines(keepends=True) == ["@echo off\r\n", f'py -3 "%~dp0{NAME}" %*\r\n']


def test_the_commands_of_the_one_page_instruction_work(program: Path, office: Path) -> None:
    """Each is run as it stands, but for the release's name, ``certutil`` (here ``sha256sum``) and ``py -3``."""
    page = instruction("gateway", (RECIPIENT,), ("steward-a", "steward-b"), program.read_bytes())
    assert hashlib.sha256(program.read_bytes()).hexdigest() in page.decode()
    told = commands(page)
    assert set(told) == {
        *("verify", "digest", "certificate", "unpack", "signature", "approval", "key", "receive", "register", "ledger"),
    }
    manifest = json.loads((office / f"{RELEASE}.manifest.json").read_bytes())
    shutil.copy(program, office / NAME)

    def shell(name: str, *more: str, **replaced: str) -> subprocess.CompletedProcess[str]:
        text = re.sub(r"\bX\b", RELEASE, told[name]).replace("py -3", f"{sys.executable} -I -S")
        for old, new in replaced.items():
            text = text.replace(old, new)
        return subprocess.run(" ".join([text, *more]), shell=True, capture_output=True, text=True, cwd=office, env=None)

    verified = shell("verify")
    assert 'Good "delivery-manifest" signature for gateway' in verified.stdout, verified.stderr
    assert told["digest"] == "certutil -hashfile X.zip SHA256"
    digest = shell("digest", **{"certutil -hashfile": "sha256sum", " SHA256": ""})
    assert digest.stdout.split()[0] == manifest["package"]["sha256"]
    digest = shell("certificate", **{"certutil -hashfile": "sha256sum", " SHA256": ""})
    assert digest.stdout.split()[0] == manifest["privacy"]["sha256"]
    unpacked = shell("unpack", f"-p{PASSPHRASE}")
    assert unpacked.returncode == 0, unpacked.stderr
    assert (
        hashlib.sha256((office / "opened" / "statement.json").read_bytes()).hexdigest() == manifest["statement_sha256"]
    )
    (office / "a.sig").write_text(powershell(told["signature"], office))
    assert "Good" in shell("approval").stdout
    (office / "receipt_key").rename(office / "kept")
    assert shell("key").returncode == 0
    assert (office / "receipt_key.pub").read_text().startswith("ssh-ed25519 ")
    (office / "kept").replace(office / "receipt_key")
    received = shell("receive", "--passphrase-file", "passphrase")
    assert received.returncode == 0, received.stderr
    assert shell("register").returncode == 0
    rows = entries()
    write(office / "ledger.db", rows)
    assert shell("ledger", **{"条数:哈希": f"6:{rows[5][7]}"}).returncode == 0


BUREAU_MD = Path(__file__).parents[2] / "docs" / "bureau.md"


def handbook() -> tuple[list[str], list[str]]:
    """The commands of docs/bureau.md as they stand there, of its Chinese and of its English half."""
    halves = BUREAU_MD.read_text(encoding="utf-8").split("# For the receiver's clerk")
    assert len(halves) == 2
    found = [
        [
            line.strip()
            for block in re.findall(r"```\n(.*?)```", half, re.S)
            for line in block.splitlines()
            if line.strip()
        ]
        for half in halves
    ]
    return found[0], found[1]


def test_the_commands_of_the_handbook_work(program: Path, office: Path) -> None:
    """Each is run as it stands, with this package's names, in the order in which a clerk would."""
    chinese, english = ({re.sub(r"\s+[（(].*[)）]$", "", line) for line in half} for half in handbook())
    assert english <= chinese
    manifest = json.loads((office / f"{RELEASE}.manifest.json").read_bytes())
    names = {"lhyg_gateway": "gateway", "steward_a": "steward-a", "manager_a": RECIPIENT}
    ran: list[str] = []

    def shell(line: str) -> str:
        ran.append(line)
        text = re.sub(r"\bX\b", RELEASE, line)
        for old, new in names.items():
            text = text.replace(old, new)
        text = re.sub(r"^gateway ", f"{sys.executable} -m gateway ", text)
        text = re.sub(r"^certutil -hashfile (\S+) SHA256$", r"sha256sum \1", text)
        text += " --passphrase-file passphrase" if " receive " in text else ""
        text = text.replace("口令文件", "passphrase")
        done = subprocess.run(text, shell=True, capture_output=True, text=True, cwd=office)
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    def of(start: str) -> str:
        return next(line for line in sorted(chinese) if line.startswith(start))

    assert "Good" in shell(of("ssh-keygen -Y verify -f allowed_signers -I lhyg_gateway"))
    for start in ("certutil", "sha256sum"):
        assert manifest["package"]["sha256"] in shell(of(start))
    (office / "a.sig").write_text(powershell(of("powershell"), office))
    ran.append(of("powershell"))
    assert RELEASE in shell(of("gateway receive"))
    shutil.copy(office / "received" / RELEASE / "statement.json", office)
    assert "Good" in shell(of("ssh-keygen -Y verify -f allowed_signers -I steward_a"))
    shell(of("gateway register"))
    assert (office / "登记" / "bureau.csv").is_file()
    assert set(ran) == chinese
    inline = re.findall(r"`(gateway verify [^`]+)`", BUREAU_MD.read_text(encoding="utf-8"))
    assert [bool(shell(line)) for line in inline] == [True]


def test_the_page_loads_nothing_and_fits_the_tools_that_the_bureau_has(program: Path) -> None:
    page = instruction("gateway", (RECIPIENT,), ("a", "b"), program.read_bytes()).decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    for tool in ("7-Zip", "ssh-keygen -Y verify", "certutil"):
        assert tool in page
