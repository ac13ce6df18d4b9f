"""A pretend mail server that talks TLS alone, and the certificate that proves its name."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.simulator.mailbox import Mailbox
from shared import clock
from shared.settings import StartTls

_HOST = "127.0.0.1"


@asynccontextmanager
async def encrypted(mailbox: Mailbox, how: StartTls) -> AsyncIterator[tuple[int, Path]]:
    """Yield a port of the mailbox that is encrypted, and the certificate to trust for it."""
    certificate, key = _write_certificate(mailbox.folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    is_implicit = how is StartTls.IMPLICIT
    upgrading = {} if is_implicit else {"tls_context": context, "require_starttls": True}
    server = await asyncio.get_running_loop().create_server(
        partial(SMTP, mailbox, hostname="mailbox.example", **upgrading),
        _HOST,
        0,
        ssl=context if is_implicit else None,
    )
    try:
        yield server.sockets[0].getsockname()[1], certificate
    finally:
        server.close()


def _write_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _HOST)])
    now = clock.utc_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(_HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    written = folder / "certificate.pem", folder / "key.pem"
    written[0].write_bytes(certificate.public_bytes(pem))
    written[1].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return written
