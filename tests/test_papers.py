"""Papers: what the PDF says is what the books say; the same books give the same bytes; no template can do harm."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import re
import shutil
import socket
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from arledger.errors import ImportFileError
from arledger.money import Money
from arledger.render import child, pdf
from arledger.render.payment_code import code
from arledger.reports.paper import Paper, creditor_reference, is_iban
from arledger.store.templates import Templates, templates
from console import ar, environment

LEDGER = """company:
  name: Żółw & Söhne GmbH
  address: [Große Elbstraße 211, 22767 Hamburg]
  country: DE
  tax_id: DE811907980
currency: EUR
bank_accounts:
  main: {iban: DE02120300000000202051, bic: BYLADEM1001, currency: EUR}
paper: {language: de, logo: logo.svg, color: "#7a1f3d"}
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
CUSTOMERS = {
    "GREEK": "name: Ελληνικά Ναυτιλιακά Εφόδια και Ανταλλακτικά Μονοπρόσωπη Ανώνυμη Εταιρεία\ncountry: GR\n",
    "INDIA": "name: Śri Ganeśa ₹ Traders\ncurrency: INR\nlanguage: en\n",
    "NIPPON": "name: Nippon Parts\ncurrency: JPY\nlanguage: en\n",
    "GULF": "name: Gulf Trading\ncurrency: BHD\nlanguage: en\n",
}


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def sums(count: int) -> tuple[Decimal, Decimal]:
    """Net and tax of the lines below, worked out apart from the program."""
    nets = {n: half_up(Decimal(n) * Decimal("12.345")) for n in range(1, count + 1)}
    tax = [
        half_up(sum(net for n, net in nets.items() if bool(n % 3) == low) * rate / 100)
        for low, rate in ((True, 7), (False, 19))
    ]
    return sum(nets.values(), Decimal(0)), sum(tax, Decimal(0))


NET, TAX = sums(60)


def lines(count: int) -> str:
    return "".join(
        f"  - {{description: Fräser Typ {n} nach Kundennorm WN-4711 mit Abnahmeprüfzeugnis 3.1 und allem Zubehör,"
        f" quantity: {n}, unit_price: 12.345, tax: {7 if n % 3 else 19}%}}\n"
        for n in range(1, count + 1)
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("papers")
    files = {
        "ledgers/ledger.yaml": LEDGER, "templates/logo.svg": LOGO,
        **{f"ledgers/customers/{name}.yaml": text for name, text in CUSTOMERS.items()},
        "ledgers/invoices/L-1.yaml": f"customer: GREEK\ndate: 2026-05-04\nterms: 3/10 net 45\npo: ΑΘ-7781\ncurrency: EUR\nlines:\n{lines(60)}"
        f"net: {NET}\ntax: {TAX}\ntotal: {NET + TAX}\n",
        "ledgers/invoices/L-2.yaml": "customer: INDIA\ndate: 2026-05-05\nterms: net 30\ncurrency: INR\ntotal: 1234567.89\n",
        "ledgers/invoices/L-3.yaml": "customer: NIPPON\ndate: 2026-05-06\nterms: net 30\ncurrency: JPY\ntotal: 136950\n",
        "ledgers/invoices/L-4.yaml": "customer: GULF\ndate: 2026-05-06\nterms: net 30\ncurrency: BHD\ntotal: 1107.557\n",
        **{
            f"ledgers/invoices/S-{n}.yaml": f"customer: GREEK\ndate: 2026-0{1 + n % 5}-1{n % 9}\nterms: net 14\n"
            f"po: Παραγγελία {n}\ncurrency: EUR\ntotal: {n * 37}.50\n"
            for n in range(1, 60)
        },
        "ledgers/credit-notes/C-1.yaml": "customer: GREEK\ndate: 2026-06-01\ncurrency: EUR\nagainst: L-1\nreason: Bruch\n"
        "applied:\n  - {item: L-1, amount: 100.00}\ntotal: 100.00\n",
        "ledgers/payments/P-1.yaml": "customer: GREEK\ndate: 2026-06-02\ncurrency: EUR\nmethod: check\nreference: '881'\n"
        "applied:\n  - {item: S-1, amount: 37.50}\namount: 1000.00\n",
        "ledgers/deposits/D-1.yaml": "account: main\ndate: 2026-06-02\ncurrency: EUR\npayments: [P-1]\namount: 1000.00\n",
    }  # fmt: skip
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, "utf-8")
    return home


def made(home: Path, *arguments: str, **settings: str) -> bytes:
    out = home.parent / "out.pdf"
    done = ar([*arguments, "--format", "pdf", "--output", str(out), "--force"], home, environment(**settings))
    assert done.status == 0, done.err
    return out.read_bytes()


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def european(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def test_totals_are_those_of_the_files_and_of_json(home: Path) -> None:
    shown = {
        "L-1": f"{NET + TAX:,.2f} EUR".translate({44: ".", 46: ","}), "L-2": "1,234,567.89 INR", "L-3": "136,950 JPY", "L-4": "1,107.557 BHD",
    }  # fmt: skip
    for item, total in shown.items():
        told = json.loads(ar(["invoice", "show", item, "--format", "json"], home).out)
        text = "\n".join(pages(made(home, "invoice", "show", item)))
        assert re.search(r"(Gesamt|Total)\s+" + re.escape(total), text), text
        figures = total.rpartition(" ")[0]
        assert told["total"] == (str(european(figures)) if item == "L-1" else figures.replace(",", ""))


@pytest.mark.parametrize("style", ["open-item", "balance-forward", "activity"])
def test_statements_end_on_the_balance_of_the_books(home: Path, style: str) -> None:
    told = json.loads(ar(["statement", "GREEK", "--style", style, "--format", "json"], home).out)["sections"][0]
    text = "\n".join(pages(made(home, "statement", "GREEK", "--style", style)))
    assert european(re.findall(r"Saldo EUR\s+([\d.,-]+)", text)[-1]) == Decimal(told["closing"])
    strip = re.search(r"Gesamt\s+((?:[\d.,-]+\s+){7})", text)
    assert strip
    assert [european(amount) for amount in strip[1].split()] == [
        Decimal(told["aging"][name]) for name in ("current", "1-30", "31-60", "61-90", "91+", "unapplied", "total")
    ]


@pytest.mark.parametrize("command", ["invoice", "statement"])
def test_each_page_carries_forward_what_stands_on_it(home: Path, command: str) -> None:
    arguments = ["invoice", "show", "L-1"] if command == "invoice" else ["statement", "GREEK", "--style", "activity"]
    all_ = pages(made(home, *arguments))
    assert len(all_) >= 3
    sums = [re.findall(r"Übertrag\s+([\d.]+,\d\d)", page) for page in all_]
    while not sums[-1]:  # pages after the table
        sums.pop()
    carried, *more = sums
    assert len(carried) == 1
    for brought, forward in itertools.zip_longest((m[0] for m in more), (m[-1] for m in more[:-1])):
        assert [brought] == carried
        carried = [forward]
    if command == "statement":  # the balance of the last row of the page, and after it in the foot
        assert all(page.count(sum_[-1]) >= 2 for page, sum_ in zip(all_, sums[:-1], strict=False))
    if command == "invoice":  # the sum of the nets on the first page
        rows = re.findall(r"(\d+) 12,345 \d+ % ([\d.]+,\d\d)", all_[0])
        assert sum(european(net) for _, net in rows) == european(sums[0][0])
        assert len(rows) >= 10


def test_the_same_books_give_the_same_bytes(home: Path) -> None:
    first = made(home, "statement", "GREEK")
    assert made(home, "statement", "GREEK", TZ="Asia/Tokyo", LANG="tr_TR.UTF-8", PYTHONHASHSEED="7") == first
    assert made(home, "invoice", "show", "L-1") == made(home, "invoice", "show", "L-1", AR_TODAY="2027-01-01")
    assert b"pdfaid" in first
    assert first.startswith(b"%PDF-1.7")


def test_credit_notes_receipts_and_deposit_slips(home: Path) -> None:
    note = pages(made(home, "payment", "show", "C-1"))[0]
    assert "Gutschrift" in note
    assert re.search(r"L-1\s+100,00 EUR", note)
    receipt = pages(made(home, "payment", "show", "P-1"))[0]
    assert "Wir haben 1.000,00 EUR dankend erhalten." in receipt
    assert re.search(r"Guthaben\s+962,50 EUR", receipt)
    slip = pages(made(home, "payment", "show", "D-1"))[0]
    assert re.search(r"881\s+1.000,00", slip)
    assert "DE02 1203 0000 0000 2020 51" in slip


def test_a_credit_note_that_ends_a_deduction_has_the_tax_of_the_invoice(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "books")
    books = tmp_path / "books"
    for command in (["new", "L-1", "--amount", "500.00", "--code", "54"], ["resolve", "L-1-D1", "--as", "credit-note"]):
        done = ar(["deduction", *command, "--yes"], books)
        assert done.status == 0, done.err
    (path,) = (books / "ledgers" / "credit-notes").glob("*/*.yaml")
    said = dict(line.split(": ") for line in path.read_text("utf-8").splitlines() if line.startswith(("net", "tax")))
    note = pages(made(books, "payment", "show", path.stem))[0]
    assert re.search(rf"Netto\s+{said['net'].replace('.', ',')}", note)
    assert "freight deducted" in note
    assert "54 freight" not in note


def test_many_papers_go_to_a_folder(home: Path, tmp_path: Path) -> None:
    done = ar(["statement", "--all", "--format", "pdf", "--output", str(tmp_path / "out")], home)
    assert done.status == 0
    assert [Path(line).name for line in done.out.splitlines()] == [
        f"statement-{name}-2026-06-30.pdf" for name in ("GREEK", "GULF", "INDIA", "NIPPON")
    ]
    assert all(Path(line).read_bytes().startswith(b"%PDF") for line in done.out.splitlines())
    again = ar(["statement", "--all", "--format", "pdf", "--output", str(tmp_path / "out")], home)
    assert again.status == 2
    inside = ar(["statement", "--all", "--format", "pdf", "--output", "ledgers/out"], home)
    assert inside.status == 5


def test_a_paper_printed_again_names_the_customer_and_us_as_it_did(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "books")
    books = tmp_path / "books"
    before = [made(books, "invoice", "show", "L-1"), made(books, "statement", "GREEK", "--as-of", "2026-06-29")]
    done = ar(["customer", "edit", "GREEK", "--name", "Νέα Εταιρεία", "--yes"], books)
    assert done.status == 0, done.err
    ledger = books / "ledgers" / "ledger.yaml"
    text = ledger.read_text("utf-8")
    moved = text.replace("  address: [Große Elbstraße 211, 22767 Hamburg]", "  address: [Neuer Wall 1, 20354 Hamburg]\n"
                         "  former: [{until: 2026-06-29, name: Żółw & Söhne GmbH, address: [Große Elbstraße 211, 22767 Hamburg],"
                         " country: DE, tax_id: DE811907980}]")  # fmt: skip
    ledger.write_text(moved, "utf-8")
    assert before == [made(books, "invoice", "show", "L-1"), made(books, "statement", "GREEK", "--as-of", "2026-06-29")]
    now = pages(made(books, "statement", "GREEK"))[0]
    assert "Νέα Εταιρεία" in now
    assert "Neuer Wall 1" in now
    assert "Ελληνικά" not in now
    assert "Große Elbstraße" not in now
    assert ar(["customer", "erase", "INDIA", "--yes"], books).status == 5  # something is open
    ar(["write-off", "L-2", "--reason", "x", "--yes"], books)
    ar(["customer", "edit", "INDIA", "--name", "Ganesha Ltd", "--yes"], books)
    assert ar(["customer", "erase", "INDIA", "--yes"], books).status == 0
    assert "Ga" not in (books / "ledgers" / "customers" / "INDIA.yaml").read_text("utf-8")


# Templates that mean harm


def tried(source: str, *, seconds: float = 20, megabytes: int = 700) -> str:
    """What is said of an invoice template."""
    job = child.Job("arledger.render.typst_job", seconds, megabytes)
    paper = Paper("invoice", "x", "ACME", dt.date(2026, 1, 1), "en", {"to": {"name": "Acme"}})
    with pdf.Press({"invoice.typ": source.encode()}, job) as press:
        try:
            press.pdf(paper, {}, {})
        except ImportFileError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("#for a in range(100000) { for b in range(100000) { } }", "takes longer than 1 seconds"),
        ("#let f(x) = f(x + 1)\n#f(1)", "depth"),
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../etc/passwd")', "escape"),
        ('#import "@preview/cetz:0.3.0"', "failed to download"),
        ('#plugin("x.wasm")', "file not found"),
        ("#json(bytes(sys.inputs.data)).nope", "nope"),
        ("#[", "unclosed"),
    ],
)
def test_a_hostile_template_is_stopped(source: str, said: str) -> None:
    assert said in tried(source, seconds=1)


def test_a_text_without_an_end_is_stopped() -> None:
    assert "memory" in tried('#let s = "x"\n#for i in range(60) { s = s + s }\n#s')


def test_a_link_out_of_the_templates_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "paper.typ").symlink_to("/etc/passwd")
    assert templates(str(tmp_path)).own == {}


def test_no_network_is_asked() -> None:
    """A proxy of the environment, which the child would use, hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        server.settimeout(0.2)
        patch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert "failed to download" in tried('#import "@preview/cetz:0.3.0"')
        with pytest.raises(TimeoutError):
            server.accept()


# Words


def test_words_fall_back_to_english_and_to_the_language_without_its_region() -> None:
    package = {
        "words/en.yaml": b"invoice: Invoice\ntotal: Total\n", "words/de.yaml": b"invoice: Rechnung\n",
    }  # fmt: skip
    found = Templates(package, {"words/de-AT.yaml": b"total: Summe\n"})
    assert found.words("de-AT") == {"invoice": "Rechnung", "total": "Summe"}
    assert found.words("fr") == {"invoice": "Invoice", "total": "Total"}


def test_german_has_every_word() -> None:
    found = templates("/nonexistent")
    words = {name: set(re.findall(r"^([a-z][a-z-]*):", found.package[f"words/{name}.yaml"].decode(), re.MULTILINE))
             for name in ("en", "de")}  # fmt: skip
    assert words["en"] == words["de"]


# Paying


@given(st.text(st.sampled_from("ABCXYZ0123456789-/ "), min_size=1, max_size=24))
def test_a_creditor_reference_is_one(number: str) -> None:
    from stdnum import iso11649

    found = creditor_reference(number)
    core = re.sub(r"[^A-Z0-9]", "", number)
    assert bool(found) == (1 <= len(core) <= 21)
    assert not found or (iso11649.is_valid(found) and found.endswith(core))


@given(st.text(st.sampled_from("0123456789"), min_size=18, max_size=18))
def test_an_iban_is_checked(digits: str) -> None:
    from stdnum import iban

    right = f"DE{98 - int(digits + '131400') % 97:02}{digits}"
    assert is_iban(right)
    assert iban.is_valid(right) or int(digits[0]) == 0  # stdnum knows German bank codes never start with 0
    assert not is_iban(right[:2] + f"{(int(right[2:4]) + 1) % 100:02}" + digits)


def test_codes_to_pay_by() -> None:
    account = {"iban": "DE02120300000000202051", "bic": "", "number": ""}
    pay = {"accounts": [account], "amount": Money(1250, "EUR"), "currency": "EUR", "number": "INV-1", "reference": ""}
    party = {"name": "Northwind", "address": ["Bahnhofstrasse 1", "8001 Zürich"], "country": "CH"}
    data = {"pay": pay, "company": party, "to": {**party, "address": []}}
    found = code(data, "de")
    assert found
    assert found.kind == "epc"
    swiss = code({**data, "pay": {**pay, "accounts": [{**account, "iban": "CH4431999123000889012"}]}}, "de")
    assert swiss
    assert swiss.kind == "swiss"
    assert b"Empfangsschein" in swiss.svg
    assert code({**data, "pay": {**pay, "currency": "USD"}}, "de") is None
    assert code({**data, "pay": {**pay, "amount": Money(0, "EUR")}}, "de") is None


def scanned(svg: bytes) -> list[str]:
    """The lines of the QR code in a picture, as another program reads them."""
    import typst
    import zxingcpp
    from PIL import Image

    with TemporaryDirectory() as folder:
        (Path(folder) / "code.svg").write_bytes(svg)
        (Path(folder) / "main.typ").write_text(
            '#set page(width: auto, height: auto, margin: 1cm, fill: white)\n#image("code.svg", width: 210mm)\n'
        )
        png = typst.compile(Path(folder) / "main.typ", root=folder, format="png", ppi=150)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return found.text.splitlines()


def test_a_banking_app_reads_what_is_to_be_paid() -> None:
    account = {"iban": "DE02120300000000202051", "bic": "BYLADEM1001", "number": ""}
    pay = {"accounts": [account], "amount": Money(123456789, "EUR"), "currency": "EUR", "number": "INV-2026-00042"}
    pay["reference"] = creditor_reference(pay["number"])
    company = {"name": "Żółw & Söhne", "address": ["Bahnhofstrasse 1", "8001 Zürich"], "country": "CH"}
    to = {"name": "Ελληνικά ΑΕ", "address": ["Λεωφόρος 123", "11745 Αθήνα"], "country": "GR"}
    data = {"pay": pay, "company": company, "to": to}
    epc = code(data, "de")
    from stdnum.ch import esr

    assert epc
    # Source: EPC069-12: service tag, version, character set, SCT, BIC, name, IBAN, amount, purpose, reference, text
    assert scanned(epc.svg) == [
        "BCD", "002", "1", "SCT", "BYLADEM1001", "Żółw & Söhne", "DE02120300000000202051", "EUR1234567.89", "",
        "RF36INV202600042",
    ]  # fmt: skip
    swiss = {**account, "iban": "CH9300762011623852957"}
    slip = code({**data, "pay": {**pay, "accounts": [swiss], "amount": Money(194995, "CHF"), "currency": "CHF"}}, "de")
    assert slip
    # Source: SIX, QR-bill 2.3, 4.2: header, account, creditor, (ultimate creditor), amount, debtor, reference, text
    assert scanned(slip.svg) == [
        "SPC", "0200", "1", "CH9300762011623852957", "S", "Żółw & Söhne", "Bahnhofstrasse 1", "", "8001", "Zürich", "CH",
        *[""] * 7, "1949.95", "CHF", "S", "Ελληνικά ΑΕ", "Λεωφόρος 123", "", "11745", "Αθήνα", "GR", "SCOR",
        "RF36INV202600042", "INV-2026-00042", "EPD",
    ]  # fmt: skip
    own = {**account, "iban": "CH4431999123000889012"}  # a QR-IBAN, which takes a reference of 27 digits alone
    slip = code({**data, "pay": {**pay, "accounts": [own], "amount": Money(100, "CHF"), "currency": "CHF"}}, "de")
    assert slip
    kind, reference = scanned(slip.svg)[-4:-2]
    assert (kind, reference[:-1], reference[-1]) == ("QRR", "202600042".zfill(26), esr.calc_check_digit("202600042"))


def test_help_needs_none_of_it() -> None:
    script = "import sys; sys.argv=['ar','statement','--help']\ntry:\n import arledger.entry; arledger.entry.main()\nexcept SystemExit: pass\n"
    script += "print([m for m in ('typst','segno','qrbill','jinja2','pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment())
    assert done.stdout.splitlines()[-1] == "[]"


def test_notices_plans_settlements_and_decisions(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "books")
    books = tmp_path / "books"
    ledger = books / "ledgers" / "ledger.yaml"
    ledger.write_text(
        ledger.read_text("utf-8")
        + "notices:\n  procedures:\n    standard:\n      levels:\n        - {days: 10, fee: 5.00}\n",
        "utf-8",
    )
    for command in (
        ["notices", "run", "--customer", "GREEK", "--yes"], ["plan", "new", "NIPPON", "--in", "3", "--yes"],
        ["settle", "new", "GULF", "--amount", "1000.000", "--expires", "2026-07-31", "--yes"],
        ["credit", "decide", "INDIA", "declined", "--reason", "No accounts were filed", "--yes"],
    ):  # fmt: skip
        done = ar(command, books)
        assert done.status == 0, done.err
    facts = {path.parent.parent.name: path.stem for path in books.glob("ledgers/*/2026-06/*.yaml")}
    papers = {
        kind: pages(made(books, "paper", facts[kind]))
        for kind in ("notices", "plans", "settlements", "credit-decisions")
    }
    notice = "\n".join(papers["notices"])
    total = re.search(r"Gesamt\s+([\d.,]+) EUR", notice)
    assert total
    assert f"Bitte zahlen Sie {total[1]} EUR bis zum" in " ".join(notice.split())
    asked = notice[: total.start()]  # below it stands what is not asked for
    amounts = re.findall(r"^S-\d+ \d\d\.\d\d\.\d{4} ([\d.,]+)$|^L-1 \d\d\.\d\d\.\d{4} ([\d.,]+)$", asked, re.MULTILINE)
    assert sum(european(one or other) for one, other in amounts) + 5 == european(total[1])
    assert re.search(r"1 \d+ \w+ 2026 45,650 JPY", papers["plans"][0])
    assert "1,000.000 BHD" in papers["settlements"][0]
    assert re.search(r"L-4\s+1,107.557\s+1,107.557\s+Total\s+1,107.557 BHD", papers["settlements"][0])
    assert re.search(r"Total\s+136,950 JPY.*Total\s+136,950 JPY", papers["plans"][0], re.DOTALL)  # open, and in parts
    assert "No accounts were filed" in papers["credit-decisions"][0]


def test_every_country_has_a_name_in_both_languages() -> None:
    found = templates("/nonexistent")
    named = [found.words(language)["countries"] for language in ("en", "de")]
    assert set(named[0]) == set(named[1])
    assert len(named[0]) == 250
    assert named[0]["NO"] == "Norway"
    assert all(name and name[0].isupper() for names in named for name in names.values())
