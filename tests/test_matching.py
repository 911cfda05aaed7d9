"""Cash application, case by case: one statement line or a few against a small book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arledger.compute.matching import (
    MatchBook,
    MatchCustomer,
    MatchItem,
    MatchPolicy,
    PastPayment,
    Proposal,
    Share,
    match,
)
from arledger.compute.matching_types import Agreed
from arledger.documents.bank import Reference, StatementLine

DAY = date(2026, 3, 2)
ACME = MatchCustomer("ACME", ("Acme Corporation",), ("US64SVBKUS6S3300958879",))
ZEN = MatchCustomer("ZEN", ("Müller Zen GmbH",))


def item(number: str, amount: int, customer: str = "ACME", due: date = date(2026, 3, 1), **more) -> MatchItem:
    known = {"total": abs(amount), "date": date(2026, 2, 1), "currency": "EUR"} | more
    return MatchItem(item=number, customer=customer, open=amount, due=due, **known)


def line(amount: int, text: str = "", payer: str = "ACME CORP", when: date = DAY, **more) -> StatementLine:
    return StatementLine(1, when, when, amount, more.pop("currency", "EUR"), payer, text=text, **more)


def run(lines, items, policy=None, past=(), customers=(ACME, ZEN)) -> list[Proposal]:
    return match(lines, MatchBook(tuple(items), tuple(customers), tuple(past)), policy or MatchPolicy())


def one(given, items, policy=None, **more) -> Proposal:
    (proposal,) = run([given], items, policy, **more)
    return proposal


def paid(proposal: Proposal) -> dict[str, int]:
    return {share.item: share.amount for share in proposal.shares}


BOOK = [item("INV-2026-00042", 14875), item("INV-2026-00043", 22000), item("INV-2026-00051", 9900, "ZEN")]


# -- references --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "INV-2026-00042",
        "inv 2026 00042",
        "INV/2026/42 thank you",
        "your invoice INV202600042",
        "202600042",
        "Rg.Nr. 2026-42",
        "REF INV-2026-00042 dated 2026-02-01",
        "I NV-2026-00042",
        "INV-2026-0042",
        "INV-2026-000042",
        "INV-2062-00042",
        "00042",
    ],
)
def test_a_number_is_recognised_however_written(text):
    proposal = one(line(14875, text), BOOK)
    assert (proposal.tier, proposal.result, paid(proposal)) == ("auto", "exact", {"INV-2026-00042": 14875})


@pytest.mark.parametrize("reference", ["RF95INV202600042", "RF95 INV2 0260 0042"])
def test_a_creditor_reference_is_recognised_by_what_it_carries(reference):
    (proposal,) = run([line(14875, reference, payer="")], [item("INV202600042", 14875)])
    assert paid(proposal) == {"INV202600042": 14875}


@pytest.mark.parametrize("number", ["2026000429", "20260004260"])
def test_a_number_with_a_check_digit_needs_the_payer(number):
    items = [item("202600042", 14875), item("2026000426", 700)]
    assert one(line(14875, number, payer="somebody"), items).tier != "auto"


def test_several_numbers_in_one_text_and_structured():
    split = line(14875 + 22000, "INV-2026-00042", references=(Reference("INV-2026-00043"),))
    for given in (line(14875 + 22000, "INV-2026-00042, 2026-00043"), split):
        assert paid(one(given, BOOK)) == {"INV-2026-00042": 14875, "INV-2026-00043": 22000}


def test_a_po_on_several_invoices_means_all_of_them_or_the_one_that_fits():
    items = [item(f"INV-{at}000", at * 1111, references=("PO-7781",)) for at in (1, 2, 4)]
    assert set(paid(one(line(7777, "PO-7781"), items))) == {"INV-1000", "INV-2000", "INV-4000"}
    assert set(paid(one(line(5555, "PO 7781"), items))) == {"INV-1000", "INV-4000"}


def test_the_number_decides_over_the_amount_of_another_item():
    items = [item("INV-2026-00042", 10000), item("INV-2026-00043", 10000)]
    assert paid(one(line(10000, "INV-2026-00043"), items)) == {"INV-2026-00043": 10000}


def test_a_settled_number_is_a_warning_never_a_match():
    items = [item("INV-2026-00042", 0, total=14875), item("INV-2026-00043", 14875)]
    proposal = one(line(14875, "INV-2026-00042"), items)
    assert proposal.tier == "suggest"
    assert not proposal.shares
    assert "INV-2026-00042 is named but already settled" in proposal.evidence


def test_another_customers_number_is_a_warning():
    proposal = one(line(9900, "INV-2026-00051"), BOOK)
    assert proposal.tier == "suggest"
    assert proposal.candidates[0].items == ("INV-2026-00051",)


def test_a_number_in_our_form_that_is_not_ours_stops_the_amount():
    assert one(line(14875, "INV-2026-00917"), BOOK).tier == "suggest"


def test_another_currency_is_no_match():
    assert one(line(14875, "INV-2026-00042", currency="USD"), BOOK).tier != "auto"


def test_an_invoice_dated_after_the_payment_is_no_match():
    assert one(line(14875, "INV-2026-00042", when=date(2026, 1, 31)), BOOK).tier == "suggest"


# -- identity ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payer", ["MUELLER ZEN GMBH", "Muller Zen", "Müller-Zen G.m.b.H.", "müller zen"])
def test_a_name_is_recognised_however_written(payer):
    assert paid(one(line(9900, payer=payer), BOOK)) == {"INV-2026-00051": 9900}


def test_another_legal_form_is_another_company():
    assert one(line(9900, payer="Müller Zen AG"), BOOK).tier == "suggest"


def test_an_account_on_file_is_the_payer_whatever_the_name():
    given = line(14875, payer="J. DOE", payer_account="US64 SVBK US6S 3300 9588 79")
    assert paid(one(given, BOOK)) == {"INV-2026-00042": 14875}


@pytest.mark.parametrize("told", [{"payer_account": "NL91ABNA0417164300"}, {"payer": "Globex Treasury"}])
def test_the_last_posted_choice_is_remembered(told):
    past = PastPayment("P1", "ZEN", date(2026, 1, 2), 500, "EUR", "Globex Treasury", "NL91ABNA0417164300")
    given = replace(line(9900, payer="GT Payments"), **told)
    assert paid(one(given, BOOK, past=[past])) == {"INV-2026-00051": 9900}


def test_a_line_teaches_the_next_one_of_the_same_statement():
    first = line(22000, "INV-2026-00043", payer="Roadrunner", payer_account="X1")
    second = line(14875, "", payer="Roadrunner", payer_account="X1", when=date(2026, 3, 1))
    assert [paid(proposal) for proposal in run([second, first], BOOK)] == [
        {"INV-2026-00042": 14875},
        {"INV-2026-00043": 22000},
    ]


def test_a_name_alike_needs_a_number():
    assert one(line(14875, payer="Akme Corporation"), BOOK).tier == "suggest"
    assert one(line(14875, "INV-2026-0042", payer="Akme Corporation"), BOOK).tier == "auto"


def test_nobody_known_is_held():
    proposal = one(line(777, payer="Stranger"), BOOK)
    assert (proposal.tier, proposal.result, proposal.customer) == ("hold", "unidentified", "")


def test_an_unknown_payer_with_number_and_amount_is_posted_but_not_a_part():
    assert one(line(14875, "INV-2026-00042", payer="Stranger"), BOOK).tier == "auto"
    assert one(line(10000, "INV-2026-00042", payer="Stranger"), BOOK).tier == "suggest"


def test_parts_by_an_unknown_payer_that_complete_each_other_are_posted():
    parts = [line(amount, "INV-2026-00042", payer="Stranger") for amount in (10000, 4875)]
    assert [proposal.tier for proposal in run(parts, BOOK)] == ["auto", "auto"]


def test_a_parent_pays_for_its_customers():
    family = [
        MatchCustomer("HQ", ("Holding",)),
        MatchCustomer("A", ("Alpha",), (), "HQ"),
        MatchCustomer("B", ("Beta",), (), "HQ"),
    ]
    items = [item("INV-1001", 5000, "A"), item("INV-1002", 7000, "B")]
    proposal = one(line(12000, "INV-1001 INV-1002", payer="Holding"), items, customers=family)
    assert (proposal.tier, proposal.customer, set(paid(proposal))) == ("auto", "HQ", {"INV-1001", "INV-1002"})
    assert one(line(12000, "INV-1001 INV-1002", payer="Stranger"), items, customers=family).tier == "suggest"
    assert one(line(12000, payer="Holding"), items, customers=family).tier == "auto"


# -- amounts -----------------------------------------------------------------------------------------------


def test_the_unique_set_is_posted():
    items = [item("INV-1001", 10000), item("INV-1002", 25000), item("INV-1003", 40000)]
    assert paid(one(line(65000), items)) == {"INV-1002": 25000, "INV-1003": 40000}


def test_two_sets_are_suggested_the_single_item_first():
    items = [item("INV-1001", 10000), item("INV-1003", 30000), item("INV-1004", 40000)]
    proposal = one(line(40000), items)
    assert (proposal.tier, proposal.result) == ("suggest", "exact")
    assert [candidate.items for candidate in proposal.candidates[:2]] == [("INV-1004",), ("INV-1001", "INV-1003")]


def test_the_rest_of_a_named_invoice_is_found_by_amount():
    items = [item("INV-1001", 10033), item("INV-1002", 25011), item("INV-1003", 40017)]
    assert set(paid(one(line(50050, "INV-1001 and others"), items))) == {"INV-1001", "INV-1003"}


def test_a_disputed_item_is_not_paid_on_the_amount_alone():
    items = [item("INV-1001", 10000, disputed=True)]
    assert one(line(10000), items).tier == "suggest"
    assert one(line(10000, "INV-1001"), items).tier == "auto"


def test_several_payments_for_one_invoice():
    parts = [line(8000, "INV-2026-00042"), line(6875, "INV-2026-00042", when=date(2026, 3, 9))]
    first, second = run(parts, BOOK)
    assert (first.result, second.result) == ("short", "exact")
    assert paid(first) == {"INV-2026-00042": 8000}
    assert paid(second) == {"INV-2026-00042": 6875}


def test_over_payment_leaves_the_rest_unapplied():
    proposal = one(line(15000, "INV-2026-00042"), BOOK)
    assert (proposal.result, proposal.unapplied, paid(proposal)) == ("over", 125, {"INV-2026-00042": 14875})


def test_a_part_payment_that_is_exactly_another_item_is_for_a_clerk():
    assert one(line(14875, "INV-2026-00043"), BOOK).tier == "suggest"


def test_discount_due_and_a_share_says_so():
    items = [item("INV-2026-00042", 14875, discounts=((date(2026, 3, 5), 298),))]
    proposal = one(line(14577, "INV-2026-00042"), items)
    assert (proposal.result, proposal.shares) == ("discount", (Share("INV-2026-00042", 14577, 298),))
    assert one(line(14577), items).tier == "auto"
    late = one(line(14577, "INV-2026-00042", when=date(2026, 3, 6)), items)
    assert (late.result, late.shares) == ("short", (Share("INV-2026-00042", 14577),))


def test_instalments_are_paid_as_they_fall_due():
    items = [item(f"INV-1001-{at}", 5000, document="INV-1001", due=date(2026, at, 1)) for at in (4, 3, 5)]
    assert paid(one(line(5000, "INV-1001"), items)) == {"INV-1001-3": 5000}
    assert paid(one(line(10000, "INV-1001"), items)) == {"INV-1001-3": 5000, "INV-1001-4": 5000}


def test_a_credit_note_that_is_named_is_deducted():
    items = [item("INV-1001", 10000), item("CN-1007", -1500, kind="credit-note")]
    proposal = one(line(8500, "INV-1001 less CN-1007"), items)
    assert (proposal.tier, paid(proposal)) == ("auto", {"INV-1001": 8500})
    assert [(offset.credit, offset.item, offset.amount) for offset in proposal.offsets] == [
        ("CN-1007", "INV-1001", 1500)
    ]


CREDITS = [item("CN-1007", -1500, kind="credit-note"), item("2026-01-05-abcd", -700, kind="payment")]


@pytest.mark.parametrize(("taken", "text"), [(1500, "INV-1001"), (700, "inv 1001 less prepayment"), (2200, "INV-1001")])
def test_a_credit_that_is_exactly_what_is_missing_is_deducted(taken, text):
    proposal = one(line(10000 - taken, text), [item("INV-1001", 10000), *CREDITS])
    assert (proposal.tier, proposal.result, paid(proposal)) == ("auto", "exact", {"INV-1001": 10000 - taken})
    assert sum(offset.amount for offset in proposal.offsets) == taken


def test_a_credit_note_deducted_earns_no_discount():
    # RULES D4: of an invoice of 1,000.00 at 2 %, a credit note of 100.00 leaves 882.00 to pay, not 880.00.
    items = [item("INV-1001", 100000, discounts=((date(2026, 3, 5), 2000),)), replace(CREDITS[0], open=-10000)]
    proposal = one(line(88200, "INV-1001 CN-1007"), items)
    assert (proposal.result, proposal.shares) == ("discount", (Share("INV-1001", 88200, 1800),))
    assert one(line(88000, "INV-1001 CN-1007"), items).result == "short"


def test_of_two_credits_of_that_amount_a_clerk_chooses():
    both = [CREDITS[0], replace(CREDITS[0], item="CN-1008")]
    assert one(line(8500, "INV-1001"), [item("INV-1001", 10000), *both]).tier == "suggest"
    foreign = replace(CREDITS[0], customer="ZEN")
    assert one(line(8500, "INV-1001"), [item("INV-1001", 10000), foreign]).result == "short"


def test_all_that_is_open_less_all_credits_is_the_balance():
    items = [item("INV-1001", 10000), item("INV-1002", 4000), *CREDITS]
    proposal = one(line(11800, "Balance less our prepayment"), items)
    assert (proposal.tier, proposal.result, paid(proposal)) == ("auto", "exact", {"INV-1001": 10000, "INV-1002": 1800})
    assert sum(offset.amount for offset in proposal.offsets) == 2200
    assert one(line(11800, payer="Akme Corporation"), items).tier != "auto"
    assert one(line(10000), [item("INV-1001", 10000), item("INV-1002", 1500), CREDITS[0]]).tier == "suggest"


def test_remittance_amounts_are_followed():
    said = (Reference("INV-2026-00042", 10000, "04", 4875), Reference("INV-2026-00043", 22000))
    proposal = one(line(32000, references=said), BOOK)
    assert (proposal.tier, proposal.result) == ("auto", "short")
    assert paid(proposal) == {"INV-2026-00042": 10000, "INV-2026-00043": 22000}
    assert "withheld for reason 04" in proposal.evidence[0]


def test_small_deductions_from_a_list_leave_the_last_item_short():
    proposal = one(line(36870, "INV-2026-00042 INV-2026-00043"), BOOK)
    assert (proposal.tier, proposal.result) == ("auto", "short")
    assert sum(paid(proposal).values()) == 36870


# -- what speaks against an explanation ---------------------------------------------------------------------


def test_a_short_number_of_another_item_stops_the_amount():
    closed, foreign = item("0162", 0, total=25000), item("0162", 25000, "ZEN")
    for other in (closed, foreign, replace(closed, customer="ZEN")):
        assert one(line(25000, "Inv 0162"), [other, item("0163", 25000)]).tier == "suggest"
    assert paid(one(line(25000, "Inv 0163"), [closed, item("0163", 25000)])) == {"0163": 25000}


def test_a_date_is_not_a_number():
    items = [item("20260301", 90000)]
    assert one(line(5000, "payment of 2026-03-01"), items).tier == "suggest"
    assert one(line(5000, "payment of 1.03.2026"), items).tier == "suggest"
    assert paid(one(line(5000, "payment of 20260301"), items)) == {"20260301": 5000}


def test_a_number_of_somebody_else_beside_ours_stops_an_over_payment():
    assert one(line(14875 + 9900, "INV-2026-00042 INV-2026-00051"), BOOK).tier == "suggest"


def test_a_number_we_do_not_know_beside_ours_stops_an_over_payment_and_a_set():
    items = [*BOOK, item("INV-2026-00044", 1007)]
    assert one(line(14875 + 1007, "INV-2026-00042 INV-2026-00099"), items).tier == "suggest"
    assert one(line(14875 + 5000, "INV-2026-00042 INV-2026-00099"), items).tier == "suggest"


def test_a_part_payment_that_is_exactly_two_other_items_is_for_a_clerk():
    items = [*BOOK, item("INV-2026-00044", 50007)]
    assert one(line(14875 + 22000, "INV-2026-00044"), items).tier == "suggest"
    assert one(line(14875 + 22001, "INV-2026-00044"), items).tier == "auto"


def test_two_items_as_near_to_a_damaged_number_are_for_a_clerk():
    items = [item("202600440", 16500), item("202600409", 16500)]
    assert one(line(16500, "20260040"), items).tier == "suggest"
    assert paid(one(line(16500, "20260040"), [items[0], replace(items[1], open=700)])) == {"202600440": 16500}


def test_a_part_payment_by_a_number_that_may_be_another_one_is_for_a_clerk():
    sparse = [item(f"INV-2026-{number:05}", 90000 + number) for number in (118, 1204, 5194)]
    assert one(line(5000, "INV-2026-05198"), sparse).tier == "suggest"
    assert one(line(5000, "INV-2026-051940"), sparse).tier == "auto"


def test_parts_by_damaged_numbers_that_complete_each_other_are_posted():
    items = [item("INV-2026-05194", 90118), item("INV-2026-01204", 91204)]
    parts = [line(amount, f"INV-2026-0{number}") for amount, number in ((40000, 5198), (50118, 5914))]
    assert [proposal.tier for proposal in run(parts, items)] == ["auto", "auto"]
    parts[0] = replace(parts[0], amount=40001)
    assert [proposal.tier for proposal in run(parts, items)] == ["suggest", "suggest"]


def test_a_shortfall_of_cents_confirms_a_damaged_number():
    items = [item("INV-2026-05194", 90118), item("INV-2026-01204", 91204)]
    assert one(line(90114, "INV-2026-05198"), items).tier == "auto"
    assert one(line(89000, "INV-2026-05198"), items).tier == "suggest"


def test_the_same_amount_twice_in_a_few_days_is_suspected_without_a_reference():
    items = [item("INV-1001", 12345), item("INV-1002", 12345)]
    first = line(12345, "INV-1001")
    for text, days, tier in (("", 2, "suggest"), ("thank you", 5, "suggest"), ("", 7, "auto"), ("INV-1002", 2, "auto")):
        _, second = run([first, line(12345, text, when=date(2026, 3, 2 + days))], items)
        assert second.tier == tier, (text, days)


def test_a_standing_order_of_every_four_weeks_is_no_repetition():
    past = PastPayment("P1", "ACME", date(2026, 2, 2), 12345, "EUR", "ACME CORP", "", "Miete")
    assert one(line(12345, "Miete"), [item("INV-1001", 12345)], past=[past]).tier == "auto"


def test_money_that_is_for_no_item_says_so():
    for text in ("Refund", "Anzahlung Auftrag Frühjahr", "deposit for our next order"):
        assert one(line(14875, text), BOOK).tier == "suggest"
    assert one(line(14875, "deposit for INV-2026-00042"), BOOK).tier == "auto"


def test_a_name_that_is_another_customers_speaks_against_the_account():
    rival = MatchCustomer("BETA", ("Beta Logistics Ltd",))
    account = "US64SVBKUS6S3300958879"
    items = [item("INV-1001", 12345), item("INV-1002", 777, "BETA")]
    for payer in ("BETA LOGISTIKS LTD", "Beta Logistics c/o Acme", "Beta Logistics"):
        given = line(12345, payer=payer, payer_account=account)
        assert one(given, items, customers=(ACME, rival)).tier == "suggest"
        assert one(replace(given, text="INV-1001"), items, customers=(ACME, rival)).tier == "auto"


def test_gmbh_and_co_kg_is_not_the_gmbh():
    both = (MatchCustomer("M1", ("Meyer GmbH",)), MatchCustomer("M2", ("Meyer GmbH & Co. KG",)))
    items = [item("INV-1001", 12345, "M1"), item("INV-1002", 12345, "M2")]
    assert one(line(12345, payer="MEYER GMBH CO"), items, customers=both).tier == "suggest"
    assert paid(one(line(12345, payer="MEYER GMBH"), items, customers=both)) == {"INV-1001": 12345}
    assert paid(one(line(12345, payer="Meyer GmbH & Co. KG"), items, customers=both)) == {"INV-1002": 12345}
    assert one(line(12345, payer="MEYER GMBH CO"), items, customers=both[:1]).tier == "auto"


def test_a_payer_learned_once_is_not_believed_when_another_customer_owes_the_same():
    past = PastPayment("P1", "ACME", date(2026, 1, 2), 500, "EUR", "Factor Bank", "LU1")
    given = line(14875, payer="Factor Bank", payer_account="LU1")
    assert one(given, BOOK, past=[past]).tier == "auto"
    assert one(given, [*BOOK, item("INV-2026-00052", 14875, "ZEN")], past=[past]).tier == "suggest"


def test_round_amounts_are_met_by_accident():
    rents = [item(f"INV-10{at:02}", at * 5000) for at in range(1, 12)]
    assert one(line(55000), rents).tier == "suggest"
    assert one(line(55000, "INV-1011"), rents).tier == "auto"
    odd = [item(f"INV-10{at:02}", at * 5000 + at * at * 7) for at in range(1, 12)]
    assert one(line(odd[10].open), odd).tier == "auto"


# -- repetitions, oldest first -----------------------------------------------------------------------------


def test_the_same_payment_again_is_suspected():
    given = line(14875, "INV-2026-00042")
    first, second = run([given, replace(given, value_date=date(2026, 3, 9))], BOOK)
    assert (first.tier, second.tier, second.result) == ("auto", "suggest", "duplicate")
    past = PastPayment("P1", "ACME", date(2026, 2, 20), 5000, "EUR", "ACME CORP", "", "", ("INV-2026-00042",))
    assert one(line(5000, "INV-2026-00042"), BOOK, past=[past]).result == "duplicate"
    old = replace(past, date=date(2025, 12, 20))
    assert one(line(5000, "INV-2026-00042"), BOOK, past=[old]).result == "short"


OLDEST = [
    item("INV-1001", 10000, due=date(2026, 8, 15)),
    item("INV-1002", 25000, due=date(2026, 9, 1)),
    item("INV-1003", 50000, due=date(2026, 10, 15)),
    item("FC-1001", 700, due=date(2026, 10, 15), kind="finance-charge"),
]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("finance-charge",), {"FC-1001": 700, "INV-1001": 10000, "INV-1002": 25000, "INV-1003": 34300}),
        ((), {"INV-1001": 10000, "INV-1002": 25000, "INV-1003": 35000}),
    ],
)
def test_oldest_first_in_the_order_of_the_policy(kinds, expected):
    # Source: Dynamics 365 Finance, application order of interest and invoices: 700 paid on 25 October.
    policy = MatchPolicy(oldest_first=frozenset({"ACME"}), kind_order=kinds)
    proposal = one(line(70000, when=date(2026, 10, 25)), OLDEST, policy)
    assert (proposal.tier, proposal.result, paid(proposal)) == ("auto", "short", expected)


def test_oldest_first_is_only_suggested_to_others():
    proposal = one(line(71111, when=date(2026, 10, 25)), OLDEST)
    assert (proposal.tier, proposal.result) == ("suggest", "on-account")
    assert "oldest due first" in proposal.candidates[0].why


def test_money_of_a_certain_payer_may_be_posted_on_account():
    proposal = one(line(71111), OLDEST, MatchPolicy(post_on_account=True))
    assert (proposal.tier, proposal.result, proposal.customer, proposal.unapplied) == (
        "auto",
        "on-account",
        "ACME",
        71111,
    )


def test_debits_pending_and_returned_lines_have_no_proposal():
    lines = [line(-5), line(0), line(5, pending=True), line(5, returned=True), line(14875)]
    assert [proposal.line for proposal in run(lines, BOOK)] == [4]


# -- what was agreed -----------------------------------------------------------------------------------------

PLAN = Agreed(
    "ACME-PL1", "ACME", "EUR", frozenset({"INV-2026-00042", "INV-2026-00043"}),
    ((date(2026, 3, 5), 12000), (date(2026, 4, 5), 12000), (date(2026, 5, 5), 12875)), date(2026, 2, 20),
    "the instalment of {} of the plan",
)  # fmt: skip


def under_plan(*lines: StatementLine, more: tuple[MatchItem, ...] = ()) -> list[Proposal]:
    return match(lines, MatchBook((*BOOK, *more), (ACME, ZEN), (), (PLAN,)), MatchPolicy())


def test_an_instalment_goes_to_the_items_of_the_plan_in_turn() -> None:
    first, second = under_plan(line(12000), line(12000, when=date(2026, 4, 3)))
    assert (first.tier, first.result, paid(first)) == ("auto", "short", {"INV-2026-00042": 12000})
    assert "the instalment of 2026-03-05 of the plan" in first.evidence[-1]
    assert paid(second) == {"INV-2026-00042": 2875, "INV-2026-00043": 9125}
    assert "the instalment of 2026-04-05 of the plan" in second.evidence[-1]


def test_the_last_instalment_settles_what_is_left() -> None:
    *_, last = under_plan(line(24000), line(12875, when=date(2026, 5, 4)))
    assert (last.tier, last.result, paid(last)) == ("auto", "exact", {"INV-2026-00043": 12875})


@pytest.mark.parametrize(
    ("given", "more", "tier", "why"),
    [
        (line(12000, payer="SOMEBODY ELSE LTD"), (), "hold", ""),
        (line(12000), (item("INV-2026-00090", 12000),), "suggest", "INV-2026-00090 is open with exactly this amount"),
        (line(12000, "INV-2026-00090"), (item("INV-2026-00090", 50000),), "auto", ""),  # as the text says
        (line(12001), (), "suggest", "oldest due first is only one way to apply it"),
    ],
)
def test_an_amount_that_was_agreed_is_no_proof_where_something_speaks_against_it(
    given: StatementLine, more: tuple[MatchItem, ...], tier: str, why: str
) -> None:
    (found,) = under_plan(given, more=more)
    assert found.tier == tier
    assert not any("the plan" in words for words in found.evidence)
    assert why in " ".join(candidate.why for candidate in found.candidates)
