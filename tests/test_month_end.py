"""The month-end pack: real numbers, totals that are formulas and agree with ours, a page that loads and runs nothing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from browser import CHROMIUM, browser
from console import ar, environment

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of June's pack of the example."""
    home = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "ledgers", home / "ledgers")
    (home / "ledgers/customers/EVIL.yaml").write_text('name: "=1+1 <script>alert(1)</script> | x"\n')
    (home / "ledgers/invoices/2026-06/EVIL-1.yaml").write_text(
        "customer: EVIL\ndate: 2026-06-02\ndue: 2026-06-03\ncurrency: USD\ntotal: 10.10\n"
    )
    done = ar(["report", "month-end"], home, environment())
    assert done.status == 0, done
    assert done.out.splitlines() == [f"month-end-2026-06/month-end-2026-06.{form}" for form in ("xlsx", "html", "md")]
    return home / "month-end-2026-06"


def formulas(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Sheet file, cell, formula and the value stored with it."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in re.finditer(r'<c r="(\w+)"[^>]*><f>(.*?)</f><v>(.*?)</v>', book.read(name).decode()):
                    yield name, cell[1], cell[2].replace("&quot;", '"'), cell[3]


def test_totals_are_formulas_that_agree(pack: Path) -> None:
    """Reckoned again here from the cells they name, each comes to the value that is stored, which is ours."""
    book = CalamineWorkbook.from_path(pack / "month-end-2026-06.xlsx")
    sheets = {f"xl/worksheets/sheet{n}.xml": book.get_sheet_by_name(name).to_python(skip_empty_area=False)
              for n, name in enumerate(book.sheet_names, 1)}  # fmt: skip
    found = list(formulas(pack / "month-end-2026-06.xlsx"))
    assert len(found) > 40
    for sheet, _, formula, value in found:
        whole = re.fullmatch(r'=?ROUND\(SUM(?:IF\((\w+):\w+,"(\w+)",)?\(?([A-Z]+)(\d+):[A-Z]+(\d+)\),\d\)', formula)
        assert whole, formula
        key, currency, column, first, last = whole.groups()
        rows = sheets[sheet][int(first) - 1 : int(last)]
        at = _column(column)
        wanted = [row for row in rows if not key or row[_column(re.sub(r"\d", "", key))] == currency]
        assert round(sum(float(row[at] or 0) for row in wanted), 2) == float(value)
    assert {name for name in book.sheet_names if "Ageing" in name}


def _column(name: str) -> int:
    at = 0
    for letter in name:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def test_cells_are_numbers_and_dates(pack: Path) -> None:
    """What is counted with is a number, a day is a day, and text of customers is text."""
    book = CalamineWorkbook.from_path(pack / "month-end-2026-06.xlsx")
    ageing = book.get_sheet_by_name(next(n for n in book.sheet_names if "Ageing" in n)).to_python()
    assert ageing[0][:3] == ["Customer", "Name", "Cur"]
    evil = next(row for row in ageing if row[0] == "EVIL")
    assert evil[1] == "=1+1 <script>alert(1)</script> | x"
    assert [type(cell) for cell in evil[3:]] == [float] * (len(evil) - 3)
    late = book.get_sheet_by_name(next(n for n in book.sheet_names if "overdue" in n)).to_python()
    assert type(late[1][late[0].index("Oldest due")]).__name__ == "date"
    assert type(late[1][late[0].index("Share %")]) is float
    with zipfile.ZipFile(pack / "month-end-2026-06.xlsx") as raw:
        sheet = raw.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1"' in sheet
    assert "hyperlink" not in sheet


class _Page(HTMLParser):
    """What of a page could load or run something, and what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_loads_and_runs_nothing(pack: Path) -> None:
    page = _Page()
    page.feed((pack / "month-end-2026-06.html").read_text("utf-8"))
    assert not page.tags & {"script", "img", "link", "iframe", "object"}
    assert all(re.fullmatch(r"#r\d+", link) for link in page.links)
    assert {"svg", "table", "figure", "section"} <= page.tags
    assert "=1+1 <script>alert(1)</script> | x" in page.text


def test_the_summary(pack: Path) -> None:
    text = (pack / "month-end-2026-06.md").read_text("utf-8")
    assert "- Receivables, USD: 25,969.88 USD, 3,523.73 USD more than on 2026-05-31; " in text
    assert "SHA-256 " in text
    assert "<script>" not in text


def test_files_are_not_replaced_unasked(pack: Path) -> None:
    home = pack.parent
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    done = ar(["report", "month-end"], home, environment())
    assert (done.status, "is there already" in done.err) == (2, True)
    assert ar(["report", "month-end", "--force"], home, environment()).status == 0
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before
    inside = ar(["report", "month-end", "--output", "ledgers/pack"], home, environment())
    assert inside.status == 5, inside


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_libreoffice_reckons_the_same(pack: Path, tmp_path: Path) -> None:
    """With the stored values taken out, LibreOffice comes to them again."""
    source, bare = pack / "month-end-2026-06.xlsx", io.BytesIO()
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(bare, "w") as stripped:
        for name in given.namelist():
            data = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            stripped.writestr(name, data)
    (tmp_path / "bare.xlsx").write_bytes(bare.getvalue())
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "ods",
               "--outdir", str(tmp_path), str(tmp_path / "bare.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    ours, theirs = CalamineWorkbook.from_path(source), CalamineWorkbook.from_path(tmp_path / "bare.ods")
    for name in ours.sheet_names:
        for row, again in zip(*(book.get_sheet_by_name(name).to_python() for book in (ours, theirs)), strict=True):
            numbers = [(a, b) for a, b in zip(row, again, strict=False) if isinstance(a, float)]
            assert all(a == b for a, b in numbers), (name, row, again)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of June's pack of a company with a thousand customers."""
    home = tmp_path_factory.mktemp("thousand")
    files = {"ledger.yaml": "company: {name: Northwind Supply Co.}\ncurrency: USD\n"}
    for n in range(1, 1001):
        files[f"customers/C{n:04}.yaml"] = f"name: Customer number {n} of Harbour Street Trading Ltd.\n"
        files[f"invoices/2026-06/INV-{n:04}.yaml"] = (
            f"customer: C{n:04}\ndate: 2026-06-{n % 28 + 1:02}\ndue: 2026-07-{n % 28 + 1:02}\ncurrency: USD\n"
            f"total: {n}.17\n"
        )
    for name, text in files.items():
        path = home / "ledgers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = ar(["report", "month-end"], home, environment())
    assert done.status == 0, done
    return home / "month-end-2026-06" / "month-end-2026-06.html"


#: Scrolls by 6,000 pixels a second for two seconds, as a hard flick of a thumb does.
SCROLL = """(async () => {
  for (let n = 1; n <= 120; n++) { scrollTo(0, 9000 + n * 100); await new Promise(requestAnimationFrame); }
  return scrollY;
})()"""
#: Everything that sticks out to the right of the screen and is not in something that scrolls by itself.
STICKS_OUT = """[...document.querySelectorAll('body *')].filter(e => !e.closest('.wide') &&
  e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not here")
def test_the_page_in_a_browser(thousand: Path, tmp_path: Path) -> None:
    """No word on the console; on a phone nothing sticks out; a thousand customers scroll smoothly, and print whole."""
    with browser(tmp_path) as page:
        page.open(thousand)
        assert page.value("document.querySelectorAll('tbody tr').length") > 3000
        for width, height, phone in ((1280, 900, False), (390, 844, True), (320, 568, True)):
            page.open(thousand, width, height, phone=phone)
            assert page.value("document.documentElement.scrollWidth") <= width
            assert page.value(STICKS_OUT) == []
            before = page.cpu()
            assert page.value(SCROLL) == 21_000
            frame = (page.cpu() - before) / 120
            assert frame < 1 / 60, f"{width} wide: a frame takes {frame * 1000:.1f} ms"
        page.pdf(tmp_path / "page.pdf")
        assert page.trouble == []
    _prints_whole(tmp_path / "page.pdf", thousand.read_text("utf-8"))


def _prints_whole(pdf: Path, html: str) -> None:
    """On paper no column is cut off, and a total stands once, where its table ends."""
    if not shutil.which("pdftotext"):
        return
    boxes = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    width = float(re.search(r'<page width="([\d.]+)"', boxes)[1])  # type: ignore[index]
    words = re.findall(r'xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', boxes)
    assert all(float(left) >= 0 and float(right) <= width for left, right, _ in words)
    found = Counter(word for *_, word in words)
    assert all(found[f"C{n:04}"] >= 2 for n in range(1, 1001))  # in the ageing and in the roll-forward
    total = "500,670.00"
    assert found[total] == len(re.findall(rf">{total}[< ]", html)) > 3
