"""What the example company sells, to whom, how often, and how each customer pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Product(NamedTuple):
    """Something sold: description, price of one, and the quantities people order."""

    description: str
    price: str
    quantities: tuple[int, ...]


class Habit(NamedTuple):
    """How a customer buys and pays. Months run from July 2025; days count from the due or the invoice date."""

    months: str  # how many invoices in each of the twelve months
    goods: str
    lines: tuple[int, int]  # fewest and most lines on an invoice
    days: tuple[int, int]  # when it pays: soonest and latest
    after: str = "due"  # or "date"
    runs: tuple[int, ...] = ()  # days of the month it makes payments on; empty: any working day
    tax: str = "0%"
    method: str = "transfer"
    text: str = "{ids}"  # what it writes on a transfer: {ids} our numbers, {last} their last digits


GOODS: Mapping[str, tuple[Product, ...]] = {
    "seafood": (
        Product("Insulated seafood box 50 lb", "6.85", (80, 120, 160, 240)),
        Product("Gel ice pack 24 oz, case of 24", "31.20", (12, 20, 30)),
        Product("Absorbent pad 12x18, case of 500", "63.40", (4, 6, 10)),
        Product("Oyster bag 100 ct, bale", "48.75", (5, 8, 12)),
        Product("Carton sealing tape, case of 36", "54.60", (4, 8)),
    ),
    "brewery": (
        Product("Four-pack carrier, case of 300", "74.50", (6, 10, 16)),
        Product("Shrink sleeve, roll of 2,000", "118.00", (4, 6, 8)),
        Product("Shipping carton 24 x 16 oz, bundle of 25", "36.25", (12, 20, 32)),
        Product("Pallet wrap 18 in, case of 4", "42.50", (4, 6, 10)),
    ),
    "market": (
        Product("Paper carry bag, case of 250", "58.90", (1, 2, 3)),
        Product("Deli container 16 oz, case of 240", "41.75", (2, 3, 4)),
        Product("Butcher paper 18 in, roll", "33.60", (1, 2)),
        Product("Thermal till roll, box of 50", "46.20", (1, 2)),
    ),
    "marine": (
        Product("Dock line 5/8 in x 35 ft", "38.90", (10, 20, 40)),
        Product("Fender 10x30", "64.00", (8, 12, 24)),
        Product("Marine sealant 10 oz, case of 12", "142.80", (3, 5, 8)),
        Product("Bilge pump 1100 gph", "57.25", (6, 10)),
        Product("Galvanized shackle 1/2 in, box of 20", "83.00", (2, 4)),
    ),
    "outdoor": (
        Product("Corrugated carton 16x12x10, bundle of 25", "28.75", (20, 30, 50)),
        Product("Poly mailer 14x17, case of 500", "69.90", (6, 10, 12)),
        Product("Kraft void fill, carton", "37.40", (8, 12)),
        Product("Waterproof label 4x6, case of 4,000", "88.60", (3, 5)),
    ),
    "medical": (
        Product("Sterile transport tote 12 gal", "27.50", (60, 100, 140)),
        Product("Temperature logger, single trip", "19.80", (50, 80, 120)),
        Product("Cold chain shipper 15 l", "44.25", (30, 40, 60)),
    ),
    "foods": (
        Product("Produce crate 5/9 bu", "4.95", (200, 300, 400)),
        Product("Pallet cover, roll of 50", "91.00", (5, 8)),
        Product("Stretch film 20 in, pallet of 40", "486.00", (1, 2)),
        Product("Corner board 48 in, bundle of 35", "52.30", (6, 10)),
    ),
    "builder": (
        Product("Contractor bag 3 mil, case of 50", "36.80", (6, 10, 14)),
        Product("Poly sheeting 20x100 6 mil", "112.00", (3, 5)),
        Product("Nitrile glove, case of 1,000", "79.50", (2, 4)),
    ),
    "hotel": (
        Product("Guest soap 1 oz, case of 500", "96.00", (2, 4, 6)),
        Product("Laundry bag, case of 250", "61.50", (2, 3)),
        Product("Bath tissue, case of 96", "54.25", (10, 16, 24)),
        Product("Take-away cup and lid 12 oz, case of 500", "72.40", (4, 6)),
    ),
    "candle": (
        Product("Gift box 6x6x6, bundle of 50", "44.00", (4, 6)),
        Product("Tissue paper, ream", "18.25", (6, 10)),
        Product("Fragile tape, case of 36", "61.00", (2, 3)),
    ),
    "print": (Product("Pallet exchange and waste collection, month", "180.00", (1,)),),
    "export": (
        Product("Dock line 16 mm x 10 m", "34.50", (20, 30, 50)),
        Product("Lobster crate, ventilated", "27.80", (40, 60, 80)),
        Product("Insulated fish box 25 kg", "6.40", (120, 200, 300)),
        Product("Marine sealant 290 ml, case of 12", "128.00", (4, 6)),
    ),
}

HABITS: Mapping[str, Habit] = {
    "HARBORLIGHT": Habit("222222212222", "seafood", (2, 3), (-2, 6), runs=(10, 25)),
    "TIDEWATER": Habit("111111111112", "brewery", (2, 3), (7, 10), after="date"),
    "PINEPOINT": Habit("222222222222", "market", (1, 3), (-3, 2), tax="5.5%", text="Inv {last}"),
    "BLUEHILL": Habit("010111000111", "marine", (1, 3), (10, 25)),
    "GRANITE": Habit("111211111111", "outdoor", (2, 3), (6, 34), after="date", text="GSO PAYMENT {ids}"),
    "KENNEBEC": Habit("111101111011", "medical", (1, 2), (-4, 8), method="check"),
    "MERRIMACK": Habit("111111111111", "foods", (2, 3), (18, 40), text="VENDOR 40117 {ids}"),
    "SACORIVER": Habit("110110110000", "builder", (1, 2), (3, 16), tax="5.5%", method="check"),
    "BAYVIEW": Habit("221100000121", "hotel", (2, 4), (-3, 4), tax="5.5%", text=""),
    "OLDPORT": Habit("101110000000", "candle", (1, 2), (12, 30)),
    "CASCOPRINT": Habit("111111111111", "print", (1, 1), (-6, 3), tax="5.5%", method="card"),
    "NORDSEE": Habit("101111011101", "export", (2, 3), (-2, 5), text="Rechnung {ids}"),
    "DEKKER": Habit("011010101101", "export", (2, 4), (-3, 12), text="Factuur {ids}"),
    "GALWAYBAY": Habit("101011010110", "export", (1, 2), (9, 13), after="date"),
}
