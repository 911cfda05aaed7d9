"""Where mail goes out. The password is never written here: it is in $AR_SMTP_PASSWORD or the system's keyring."""

from __future__ import annotations

from typing import Literal

from arledger.documents.fields import Text, record


@record
class Smtp:
    """The server that takes our mail."""

    host: Text = ""
    port: int = 0  # 0: what the security uses: 587, 465 or 25
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Text = ""
    timeout: int = 60  # seconds without an answer

    @property
    def at(self) -> int:
        """The port."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


@record
class Mail:
    """Who mails are from, through which server, and how many a minute."""

    sender: Text = ""  # the company's name and email where nothing is said
    reply_to: Text = ""
    bcc: Text = ""  # a copy of everything goes there
    per_minute: int = 60
    smtp: Smtp = Smtp()

    def __post_init__(self) -> None:
        if self.per_minute < 1:
            raise ValueError("mail: per_minute is at least 1")
