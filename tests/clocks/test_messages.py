"""Reminders over real channels: a mail server and web hooks on loopback; what they hold, and what a failure does."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gateway.base.errors import ConfigurationError, TransferError
from gateway.release.site.office import Office
from gateway.release.terms.clocks import due_now
from gateway.release.terms.messages import CHANNELS, send_reminders
from tests.clocks.conftest import at

NOW = at("2026-11-06 09:00")
TOKEN = "abcdefgh12345678abcdefgh12345678"


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 loopback\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                for part in self.rfile:
                    if part == b".\r\n":
                        break
                    lines.append(part)
                self.server.got.append(b"".join(lines).decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"errcode": 0, "code": 0, "errmsg": "ok"}')

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    server.got = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mail() -> Iterator[Any]:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Any]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as server:
        yield server


def texts(document: Any) -> str:
    """All words of a web hook's document."""
    return json.dumps(document, ensure_ascii=False)


def test_without_a_channel_it_is_recorded_only(office: Office) -> None:
    sent = send_reminders(office, NOW)
    assert (len(sent.rows), sent.channels) == (1, 0)
    assert send_reminders(office, NOW).rows == ()


def test_a_mail_says_what_is_late_in_chinese_and_nothing_of_the_data(office: Office, mail: Any) -> None:
    port = mail.server_address[1]
    address = f"mailto://127.0.0.1:{port}/?smtp=127.0.0.1&mode=insecure&from=gateway@example.cn&to=ops@example.cn"
    office.keyring.put(CHANNELS, f"# mail\n{address}\n".encode())
    assert send_reminders(office, NOW).channels == 1
    (raw,) = mail.got
    parsed = message_from_string(raw, policy=policy.default)
    assert "1 项时限提醒，其中 1 项已逾期" in parsed["subject"]
    body = parsed.get_body(("plain", "html")).get_content()  # type: ignore[union-attr]
    assert "已逾期 2026-11-05 推送上一月度的汇总数据（三(二)）2026-10" in body
    assert send_reminders(office, NOW).rows == ()  # once


CHINESE = {
    "dingtalk": ("apprise.plugins.dingtalk.NotifyDingTalk", f"dingtalk://{TOKEN}/"),
    "wecom": ("apprise.plugins.wecombot.NotifyWeComBot", "wecombot://693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"),
    "feishu": ("apprise.plugins.feishu.NotifyFeishu", "feishu://abcdefghijklmnop1234567890abcdef"),
}


@pytest.mark.parametrize("name", CHINESE)
def test_dingtalk_wecom_and_feishu_get_their_own_documents(
    office: Office, hook: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """apprise's own plugins, their hosts exchanged for this machine's."""
    import importlib

    plugin, address = CHINESE[name]
    module, _, cls = plugin.rpartition(".")
    kind = getattr(importlib.import_module(module), cls)
    here = f"http://127.0.0.1:{hook.server_address[1]}/hook"
    real = kind.__init__

    def local(self: Any, *arguments: Any, **more: Any) -> None:
        real(self, *arguments, **more)
        for attribute in ("notify_url", "api_url"):
            if hasattr(self, attribute):
                setattr(self, attribute, here)

    monkeypatch.setattr(kind, "__init__", local)
    office.keyring.put(CHANNELS, address.encode())
    send_reminders(office, NOW)
    (document,) = hook.got
    assert "推送上一月度的汇总数据" in texts(document)


def test_a_channel_that_fails_is_told_without_its_token_and_tried_again(office: Office, hook: Any) -> None:
    dead = "json://127.0.0.1:9/" + TOKEN
    good = f"json://127.0.0.1:{hook.server_address[1]}/"
    office.keyring.put(CHANNELS, f"{good}\n{dead}".encode())
    with pytest.raises(TransferError) as caught:
        send_reminders(office, NOW)
    assert "2" in caught.value.zh
    assert TOKEN not in f"{caught.value.zh}{caught.value.en}{caught.value.next}"
    assert office.ledger.entries(kind="clock.overdue") == ()
    office.keyring.put(CHANNELS, good.encode())
    assert len(send_reminders(office, NOW).rows) == 1
    assert len(hook.got) == 2


def test_what_is_no_address_is_refused(office: Office) -> None:
    office.keyring.put(CHANNELS, b"nonsense://" + TOKEN.encode())
    with pytest.raises(ConfigurationError) as caught:
        send_reminders(office, NOW)
    assert TOKEN not in caught.value.en
    assert due_now(office, NOW)
