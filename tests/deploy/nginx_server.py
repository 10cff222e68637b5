"""A real nginx with our own configuration: only addresses, ports and the certificate are those of the test."""

import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from omnitill.ports import free_ports

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "omnitill.conf"
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10
MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/omnitill.conf;
}}
"""


def program() -> str:
    """A missing nginx fails the test and is never a skip."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.fail("No nginx was found. Install it (apt-get install nginx-light).", pytrace=False)
    return found


class Nginx:
    """`url` is where the shop is from outside, over TLS."""

    def __init__(self, folder: Path, hub_port: int) -> None:
        self.folder, self.plain_port, self.port = folder, *free_ports(2)
        self.url = f"https://localhost:{self.port}"
        certificate(folder)
        text = CONFIGURATION.read_text(encoding="utf-8")
        for ours, theirs in (
            ("127.0.0.1:8400", f"127.0.0.1:{hub_port}"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("shop.example", "localhost"),
            ("/etc/ssl/omnitill", str(folder)),
        ):
            assert ours in text, ours
            text = text.replace(ours, theirs)
        (folder / "omnitill.conf").write_text(text, encoding="utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
        self._command = [program(), "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def check(self) -> None:
        """`nginx -t`: not even a warning."""
        done = subprocess.run([*self._command, "-t"], capture_output=True, text=True, timeout=START_TIMEOUT_S)
        assert done.returncode == 0 and "[warn]" not in done.stderr, done.stderr

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            assert time.monotonic() < end and self.process.poll() is None, self.log()

    def _answers(self) -> bool:
        with socket.socket() as door:
            return not door.connect_ex(("127.0.0.1", self.port))

    def log(self) -> str:
        return (self.folder / "error.log").read_text()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(STOP_TIMEOUT_S)


def certificate(folder: Path) -> None:
    """A certificate that we sign ourselves, for one day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
