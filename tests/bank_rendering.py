"""Statements made up by Hypothesis, and written in each format as a bank would. The readers must give them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from arledger.money import DIGITS, plain


class Line(NamedTuple):
    """A booking as the renderers write it."""

    booked: date
    value: date
    amount: int
    payer: str
    account: str
    text: str
    reference: str


class Statement(NamedTuple):
    """A statement whose closing balance follows from its lines."""

    account: str
    currency: str
    number: int
    opening: int
    lines: tuple[Line, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(line.amount for line in self.lines)

    @property
    def first(self) -> date:
        return min((line.booked for line in self.lines), default=date(2026, 1, 1))

    @property
    def last(self) -> date:
        return max((line.booked for line in self.lines), default=date(2026, 1, 1))


# No colon, question mark or plus sign: inside :86: they may mean something else.
_WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-/,()&<>'\"äöüßéŁ", max_size=100)
_ACCOUNTS = st.sampled_from(["DE89370400440532013000", "NL91ABNA0417164300", "GB29NWBK60161331926819", ""])


def one_spaced(text: str) -> str:
    return " ".join(text.split())


@st.composite
def lines(draw: st.DrawFn) -> Line:
    booked = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 360)))
    return Line(
        booked,
        booked + timedelta(days=draw(st.integers(-3, 3))),
        draw(st.integers(-(10**10), 10**10).filter(bool)),
        one_spaced(draw(_WORDS))[:54].strip(),
        draw(_ACCOUNTS),
        one_spaced(draw(_WORDS)),
        draw(st.text("ABCDEF0123456789", max_size=12)),
    )


@st.composite
def statements(draw: st.DrawFn, currencies: tuple[str, ...] = ("EUR", "JPY", "KWD")) -> Statement:
    return Statement(
        draw(st.sampled_from(["DE02120300000000202051", "12345678/1020304050"])),
        draw(st.sampled_from(currencies)),
        draw(st.integers(1, 999)),
        draw(st.integers(-(10**12), 10**12)),
        tuple(draw(st.lists(lines(), max_size=5))),
    )


def mt940(statement: Statement) -> bytes:
    rows = [":20:STARTUMS", f":25:{statement.account}", f":28C:{statement.number:05}/001"]
    rows.append(f":60F:{_balance(statement.opening, statement.first, statement.currency)}")
    for line in statement.lines:
        mark = "C" if line.amount > 0 else "D"
        amount = _comma(abs(line.amount), statement.currency)
        bank = f"//{line.reference}" if line.reference else ""
        rows.append(f":61:{line.value:%y%m%d}{line.booked:%m%d}{mark}R{amount}NTRFNONREF{bank}")
        details = "166?00GUTSCHRIFT"
        purpose = f"SVWZ+{line.text}" if line.text else ""
        for number in range(0, len(purpose), 27):
            details += f"?{20 + number // 27}{purpose[number : number + 27]}"
        details += f"?31{line.account}?32{line.payer[:27]}?33{line.payer[27:]}"
        details = f":86:{details}"
        rows += [details[at : at + 65] for at in range(0, len(details), 65)]
    rows += [f":62F:{_balance(statement.closing, statement.last, statement.currency)}", "-", ""]
    return "\r\n".join(rows).encode()


def _balance(minor: int, day: date, currency: str) -> str:
    return f"{'D' if minor < 0 else 'C'}{day:%y%m%d}{currency}{_comma(abs(minor), currency)}"


def _comma(minor: int, currency: str) -> str:
    text = plain(minor, currency)
    return text.replace(".", ",") if DIGITS[currency] else f"{text},"


def camt(statement: Statement) -> bytes:
    def money(tag: str, minor: int) -> str:
        side = "DBIT" if minor < 0 else "CRDT"
        amount = plain(abs(minor), statement.currency)
        return f'<{tag} Ccy="{statement.currency}">{amount}</{tag}>\n<CdtDbtInd>{side}</CdtDbtInd>'

    def balance(code: str, minor: int, day: date) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{kind}\n{money('Amt', minor)}\n<Dt><Dt>{day}</Dt></Dt></Bal>"

    entries = "".join(
        f"<Ntry>\n{money('Amt', line.amount)}\n<Sts><Cd>BOOK</Cd></Sts>\n<BookgDt><Dt>{line.booked}</Dt></BookgDt>\n"
        f"<ValDt><Dt>{line.value}</Dt></ValDt>\n<AcctSvcrRef>{line.reference}</AcctSvcrRef>\n<NtryDtls><TxDtls>"
        f"<RltdPties>{_party(line)}</RltdPties>\n<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls>"
        "</Ntry>\n"
        for line in statement.lines
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>S{statement.number}</Id><ElctrncSeqNb>{statement.number}</ElctrncSeqNb>\n"
        f"<Acct><Id><Othr><Id>{statement.account}</Id></Othr></Id><Ccy>{statement.currency}</Ccy></Acct>\n"
        f"{balance('OPBD', statement.opening, statement.first)}\n{balance('CLBD', statement.closing, statement.last)}\n"
        f"{entries}</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _party(line: Line) -> str:
    side = "Dbtr" if line.amount > 0 else "Cdtr"
    name = f"<{side}><Pty><Nm>{escape(line.payer)}</Nm></Pty></{side}>"
    return f"{name}<{side}Acct><Id><IBAN>{line.account}</IBAN></Id></{side}Acct>"


def ofx(statement: Statement) -> bytes:
    transactions = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{line.booked:%Y%m%d}120000\n<DTAVAIL>{line.value:%Y%m%d}\n"
        f"<TRNAMT>{plain(line.amount, statement.currency)}<FITID>{line.reference}<NAME>{escape(line.payer)}\n"
        f"<MEMO>{escape(line.text)}\n<BANKACCTTO><ACCTID>{line.account}</BANKACCTTO></STMTTRN>\n"
        for line in statement.lines
    )
    return (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:UTF-8\r\nCHARSET:NONE\r\n\r\n"
        f"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{statement.currency}\n"
        f"<BANKACCTFROM><BANKID>1<ACCTID>{statement.account}<ACCTTYPE>CHECKING</BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{statement.first:%Y%m%d}<DTEND>{statement.last:%Y%m%d}\n{transactions}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{plain(statement.closing, statement.currency)}<DTASOF>{statement.last:%Y%m%d}</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    ).encode()


def plain_csv(statement: Statement) -> bytes:
    rows = ["text,date,Amount,currency,name,account"]
    for line in statement.lines:
        amount = plain(line.amount, statement.currency)
        cells = [line.text, str(line.booked), amount, statement.currency, line.payer, line.account]
        rows.append(",".join(_cell(cell) for cell in cells))
    return "\n".join([*rows, ""]).encode("utf-8-sig")


def profile_csv(statement: Statement) -> bytes:
    """German bank's CSV with a running balance; `PROFILE` of the tests reads it."""
    rows = ["Konto;" + statement.account, "", "Buchungstag;Valuta;Betrag;Währung;Name;IBAN;Zweck;Ref;Saldo"]
    balance = statement.opening
    for line in statement.lines:
        balance += line.amount
        cells = [
            f"{line.booked:%d.%m.%Y}", f"{line.value:%d.%m.%Y}", _german(line.amount, statement.currency),
            statement.currency, line.payer, line.account, line.text, line.reference,
            _german(balance, statement.currency),
        ]  # fmt: skip
        rows.append(";".join(_cell(cell) for cell in cells))
    return "\r\n".join([*rows, "Ende der Liste", ""]).encode()


def _german(minor: int, currency: str) -> str:
    whole, _, fraction = plain(abs(minor), currency).partition(".")
    text = f"{int(whole):,}".replace(",", ".") + (f",{fraction}" if fraction else "")
    return f"-{text}" if minor < 0 else text


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',;"') else text


RENDERERS: dict[str, Callable[[Statement], bytes]] = {
    "mt940": mt940,
    "camt": camt,
    "ofx": ofx,
    "plain_csv": plain_csv,
    "profile_csv": profile_csv,
}
