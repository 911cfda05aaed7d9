"""Mail to a server that asks for encryption and a login: nothing goes out, and no password, to whom we do not trust."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword

from console import Done, ar, environment
from mail_server import Server, books, contacts, states

USER, PASSWORD = "ar@northwind.example", "s3cret ünd 'more'"


class Desk:
    """Takes the name and password above, and remembers what was tried."""

    def __init__(self) -> None:
        self.tried: list[Any] = []

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG002
        self.tried.append(data)
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> str:
    """The file of the authority that the server's certificate is from."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def encrypted(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def starttls(authority: trustme.CA, desk: Desk) -> Iterator[Server]:
    options = {"tls_context": encrypted(authority), "require_starttls": True, "auth_required": True}
    with Server({}, authenticator=desk, **options) as running:
        yield running


def sent(home: Path, port: int, security: str, **env: str) -> Done:
    """What came of sending all, by a server that knows us by name."""
    home = books(home, port)
    ledger = home / "ledgers" / "ledger.yaml"
    ledger.write_text(
        ledger.read_text("utf-8").replace(
            "security: none, timeout: 1", f"security: {security}, user: {USER}, timeout: 5"
        ),
        "utf-8",
    )
    return ar(["invoice", "send", "--all", "--send", "--yes", "--format", "json"], home, environment(**env))


def test_starttls_and_login(tmp_path: Path, starttls: Server, desk: Desk, trusted: str) -> None:
    done = sent(tmp_path, starttls.port, "starttls", SSL_CERT_FILE=trusted, AR_SMTP_PASSWORD=PASSWORD)
    assert done.status == 0, done.err
    assert json.loads(done.out)["counts"] == {"sent": 3}
    assert len(starttls.taken) == len(contacts(tmp_path)) == 3
    assert len(desk.tried) == 1
    assert PASSWORD not in "".join(path.read_text("utf-8") for path in (tmp_path / ".ar" / "outbox").glob("*.json"))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_tls_from_the_first_byte(tmp_path: Path, authority: trustme.CA, desk: Desk, trusted: str) -> None:
    with Server({}, ssl_context=encrypted(authority), authenticator=desk, auth_required=True,
                auth_require_tls=False) as server:  # fmt: skip  # it does not count the outer encryption
        done = sent(tmp_path, server.port, "tls", SSL_CERT_FILE=trusted, AR_SMTP_PASSWORD=PASSWORD)
        assert done.status == 0, done.err
        assert len(server.taken) == 3


def test_a_wrong_password_loses_nothing(tmp_path: Path, starttls: Server, trusted: str) -> None:
    done = sent(tmp_path, starttls.port, "starttls", SSL_CERT_FILE=trusted, AR_SMTP_PASSWORD="guess")
    assert done.status == 7
    assert "does not take our name and password" in done.err
    assert "guess" not in done.err
    assert starttls.taken == []
    again = sent(tmp_path, starttls.port, "starttls", SSL_CERT_FILE=trusted, AR_SMTP_PASSWORD=PASSWORD)
    assert again.status == 0
    assert states(tmp_path) == {"ACME": "sent", "BOLT": "sent", "CARGO": "sent"}
    assert len(starttls.taken) == 3


def test_a_certificate_nobody_vouches_for(tmp_path: Path, starttls: Server, desk: Desk) -> None:
    done = sent(tmp_path, starttls.port, "starttls", AR_SMTP_PASSWORD=PASSWORD)
    assert done.status == 7
    assert "certificate" in done.err
    assert (desk.tried, starttls.taken) == ([], [])


def test_a_certificate_of_another_server(tmp_path: Path, authority: trustme.CA, desk: Desk, trusted: str) -> None:
    with Server({}, tls_context=encrypted(authority, "mail.other.example"), authenticator=desk) as server:
        done = sent(tmp_path, server.port, "starttls", SSL_CERT_FILE=trusted, AR_SMTP_PASSWORD=PASSWORD)
        assert done.status == 7
        assert (desk.tried, server.taken) == ([], [])


def test_no_password_goes_to_a_server_that_does_not_encrypt(tmp_path: Path, desk: Desk) -> None:
    with Server({}, authenticator=desk, auth_require_tls=False) as server:
        done = sent(tmp_path, server.port, "starttls", AR_SMTP_PASSWORD=PASSWORD)
        assert done.status == 7
        assert "STARTTLS" in done.err
        assert (desk.tried, server.taken) == ([], [])


class Safe(keyring.backend.KeyringBackend):
    """A keyring that holds one password."""

    priority = 1

    def __init__(self, service: str, user: str) -> None:
        super().__init__()
        self._place = (service, user)

    def get_password(self, service: str, username: str) -> str | None:
        return PASSWORD if (service, username) == self._place else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("ring")
def test_the_password_is_in_the_keyring(tmp_path: Path, starttls: Server, trusted: str) -> None:
    keyring.set_keyring(Safe("arledger", f"{USER}@127.0.0.1"))
    done = sent(tmp_path, starttls.port, "starttls", SSL_CERT_FILE=trusted)
    assert done.status == 0, done.err
    assert len(starttls.taken) == 3


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize("empty", [Safe("arledger", "somebody@else"), keyring.backends.fail.Keyring()])
def test_there_is_no_password(tmp_path: Path, starttls: Server, empty: keyring.backend.KeyringBackend) -> None:
    keyring.set_keyring(empty)
    done = sent(tmp_path, starttls.port, "starttls")
    assert done.status == 2
    assert f"set $AR_SMTP_PASSWORD, or keep it in the keyring as service arledger, user {USER}@127.0.0.1" in done.err
    assert starttls.taken == []
