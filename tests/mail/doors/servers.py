"""Real mail servers, thrown away after the test: Debian's Dovecot and Postfix on loopback ports in a folder."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

DOVECOT, POSTFIX = Path("/usr/sbin/dovecot"), Path("/usr/sbin/postfix")
USER, PASSWORD = "support@registry.example", "كلمة-سر 271828"  # a password in any letters

needs_dovecot = pytest.mark.skipif(
    not DOVECOT.exists() or os.geteuid() != 0,
    reason="needs Dovecot and root: apt-get install dovecot-imapd",
)
needs_postfix = pytest.mark.skipif(
    not POSTFIX.exists() or os.geteuid() != 0, reason="needs Postfix and root: apt-get install postfix"
)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until_it_listens(
    port: int, process: "subprocess.Popen[bytes] | None" = None, log: Path | None = None
) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"no server on port {port}: {log.read_text() if log and log.exists() else ''}")


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot; ``port`` speaks IMAP in the clear and with STARTTLS, ``tls_port`` under TLS."""

    folder: Path
    port: int
    tls_port: int

    def maildir(self, user: str = USER) -> Path:
        return self.folder / "mail" / user

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"


def _capabilities(without: tuple[str, ...]) -> str:
    if not without:
        return ""
    offered = "IMAP4rev1 SASL-IR ID ENABLE IDLE NAMESPACE UIDPLUS LIST-EXTENDED MOVE UNSELECT CHILDREN"
    return "imap_capability = " + " ".join(word for word in offered.split() if word not in without)


def _oauth(folder: Path, introspection: str) -> str:
    if not introspection:
        return ""
    (folder / "oauth").write_text(
        f"introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = email\n"
        "active_attribute = active\nactive_value = true\n"
    )
    return f"passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {folder}/oauth\n}}"


@contextlib.contextmanager
def dovecot(
    *, without: tuple[str, ...] = (), separator: str = "/", prefix: str = "", introspection: str = ""
) -> Iterator[Dovecot]:
    """``without`` names capabilities that it does not offer; ``introspection`` is asked about access tokens."""
    folder = Path(tempfile.mkdtemp(prefix="tawasul-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, free_port(), free_port())
    (folder / "mail").mkdir()
    owner = pwd.getpwnam("mail")
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {folder.name}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login{" xoauth2" if introspection else ""}
first_valid_uid = {owner.pw_uid}
first_valid_gid = {owner.pw_gid}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 secs
{_capabilities(without)}
{_oauth(folder, introspection)}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
    )
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
    process = subprocess.Popen(
        [DOVECOT, "-F", "-c", folder / "dovecot.conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until_it_listens(server.port, process, folder / "log")
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # it takes its time where it is asked
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Postfix:
    """A running Postfix; ``port`` speaks SMTP and takes mail for every address of the domains given."""

    folder: Path
    port: int

    @property
    def log(self) -> str:
        return (self.folder / "maillog").read_text()

    def forget(self) -> None:
        """Throw away its queue and its log."""
        subprocess.run(
            ["/usr/sbin/postsuper", "-c", self.folder / "conf", "-d", "ALL"], capture_output=True, check=True
        )
        os.truncate(self.folder / "maillog", 0)

    def waiting(self) -> list[str]:
        """Names of the mails in its queue."""
        shown = subprocess.run(
            ["/usr/sbin/postqueue", "-c", self.folder / "conf", "-j"],
            capture_output=True,
            text=True,
            check=True,
        )
        return shown.stdout.splitlines()


_SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
lmtp      unix  - - n - 20 lmtp
tawasul   unix  - n n - 10 pipe
  flags=q user={user} null_sender= argv={pipe}
"""


@contextlib.contextmanager
def postfix(*, lmtp: str = "", pipe: str = "/bin/false", user: str = "nobody") -> Iterator[Postfix]:
    """Mail for lmtp.example goes to ``lmtp`` (``inet:127.0.0.1:8024``), mail for pipe.example to the command ``pipe``.
    What is put off is tried again every second."""
    folder = Path(tempfile.mkdtemp(prefix="tawasul-postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, free_port())
    for name in ("conf", "queue", "data"):
        (folder / name).mkdir()
    owner = pwd.getpwnam("postfix")
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    (folder / "conf" / "main.cf").write_text(
        f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.registry.example
mydestination =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtputf8_enable = yes
alias_maps =
relay_domains = lmtp.example pipe.example
transport_maps = inline:{{ {{lmtp.example = lmtp:{lmtp}}}, {{pipe.example = tawasul:}} }}
smtpd_relay_restrictions = permit_mynetworks, reject
local_header_rewrite_clients =
lmtp_line_length_limit = 0
tawasul_destination_recipient_limit = 1
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
message_size_limit = 0
default_destination_concurrency_failed_cohort_limit = 1000
destination_concurrency_feedback_debug = no
transport_retry_time = 1s
fast_flush_domains =
"""
    )
    (folder / "conf" / "master.cf").write_text(_SERVICES.format(port=server.port, pipe=pipe, user=user))
    process = subprocess.Popen(
        [POSTFIX, "-c", folder / "conf", "start-fg"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until_it_listens(server.port, process, folder / "maillog")
        yield server
    finally:
        # A signal would end the script that watches, and leave the servers it started.
        subprocess.run([POSTFIX, "-c", folder / "conf", "abort"], capture_output=True, check=False)
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
