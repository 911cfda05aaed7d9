"""Identity: who paid. Account first, then alias and name as written, then names learned, then names alike.

>>> plain_name("Müller & Söhne GmbH & Co. KG"), plain_name("MUELLER AND SOEHNE")
('mueller soehne', 'mueller soehne')
>>> payers = Payers([MatchCustomer("ACME", ("Acme Corporation",), ("US64SVBK1",)), MatchCustomer("ZEN", ("Zen Ltd",))])
>>> payers.identify("ACME CORP.", "").why
"payer name 'ACME CORP.' is ACME"
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from arledger.compute.matching_types import MatchCustomer, PastPayment
from arledger.documents.bank import compact
from arledger.documents.customers import topmost

CERTAIN, LEARNED, LIKELY, NOBODY = 3, 2, 1, 0

_ALIKE = 90  # of 100: names alike enough to suppose a slip of the pen
_CLEARLY = 4  # how much the best must lead the next customer by
_FEW = 3  # customers whose names may stand in a payer's name before that says nothing
_COMMON = 200  # customers sharing a word that says nothing any more
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe"})
_STRIP = str.maketrans({"ß": "s", "æ": "a", "ø": "o", "œ": "o", "ł": "l", "đ": "d"})
_SYNONYMS = {"corporation": "corp", "corporacion": "corp", "incorporated": "inc", "limited": "ltd", "limitada": "ltda"}
_SYNONYMS |= {"mbh": "gmbh", "gesmbh": "gmbh", "sarl": "srl", "spolka": "zoo"}
_SAY_NOTHING = frozenset(["cie", "co", "company", "pty", "pvt", "private", "public", "pte"])
_FORMS = """ab ag aps as asa bv bvba corp cv doo eg ek eurl gmbh inc kft kg kgaa kk llc llp lda ltd ltda nv oy oyj pjsc
    plc pllc sa sas se snc sp spa srl sro ug zoo 株式会社 有限会社 合同会社"""
_LEGAL = frozenset(_FORMS.split())
_TELLING = _LEGAL | {"co"}  # GmbH & Co. KG is not the GmbH, where there are both
_JOINING = frozenset({"and", "und", "et", "y", "e", "og", "och", "the"})
_WORD = re.compile(r"[^\W_]+")


class Payer(NamedTuple):
    """Who a line seems to come from: the customers it may be, how sure that is, and why in words.

    Grade 3: one customer's own account or name. 2: learned from posted payments. 1: a name alike, or several
    customers. 0: nobody known.
    """

    customers: tuple[str, ...]
    grade: int
    why: str

    @property
    def certain(self) -> bool:
        """Whether one customer stands out so far that its open items may be paid on the amount alone."""
        return self.grade >= LEARNED and len(self.customers) == 1


@lru_cache(maxsize=1 << 16)
def _folded(name: str, *, expand: bool = True) -> tuple[list[str], frozenset[str]]:
    """Words and legal forms of a name. Umlauts are spelled out; with `expand` off they lose their dots instead."""
    lowered = name.casefold()
    if not lowered.isascii():
        lowered = unicodedata.normalize("NFKC", lowered).translate(_FOLD if expand else _STRIP).translate(_STRIP)
        lowered = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
    found = _WORD.findall(re.sub(r"(?<=\b\w)\.(?=\w\b)", "", lowered).replace("'", ""))
    words = [_SYNONYMS.get(word, word) for word in found if word not in _JOINING]
    return words, frozenset(words) & _TELLING


def name_words(name: str, *, expand: bool = True) -> list[str]:
    """The words of a name that tell companies apart: lower case, accents folded, legal forms left out."""
    words = _folded(name, expand=expand)[0]
    return [word for word in words if word not in _LEGAL and word not in _SAY_NOTHING] or words


def plain_name(name: str) -> str:
    """A name reduced to its telling words, for comparison as a whole."""
    return " ".join(name_words(name))


def called(name: str, text: str) -> str:
    """What a payer goes by, in words: the name, or the text where there is none."""
    return f"payer name {name!r}" if name else f"text {text!r}"


class Payers:
    """The memory of who pays from which account and under which name; it learns as payments are posted."""

    def __init__(self, customers: Iterable[MatchCustomer], past: Iterable[PastPayment] = ()) -> None:
        self.accounts: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[tuple[str, frozenset[str]]]] = defaultdict(set)  # customer and legal form
        self.learned_accounts: dict[str, set[str]] = defaultdict(set)
        self.learned_names: dict[str, set[str]] = defaultdict(set)
        self.words_of: dict[str, list[list[str]]] = {}
        self.parents = {customer.customer: customer.parent for customer in customers if customer.parent}
        self._roots: dict[str, str] = {}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._alike: dict[str, list[tuple[int, str]]] = {}
        self._within: dict[str, tuple[str, ...]] = {}
        for customer in customers:
            self._know(customer)
        for payment in past:
            self.learn(payment.customer, payment.payer, payment.payer_account)

    def _know(self, customer: MatchCustomer) -> None:
        for account in map(compact, customer.accounts):
            self.accounts[account].add(customer.customer)
        self.words_of[customer.customer] = [name_words(name) for name in customer.names]
        for name, words in zip(customer.names, self.words_of[customer.customer], strict=True):
            known = (customer.customer, _folded(name)[1])
            self.names[" ".join(words)].add(known)
            if not name.isascii():
                self.names[" ".join(name_words(name, expand=False))].add(known)
            for word in words:
                self._by_word[word].add(customer.customer)
                self._by_word[word[:4] + "…"].add(customer.customer)

    def learn(self, customer: str, name: str, account: str) -> None:
        """Take note that a payment under this name from this account was posted to the customer."""
        if account:
            self.learned_accounts[compact(account)].add(customer)
        if plain := plain_name(name):
            self.learned_names[plain].add(customer)

    def root(self, customer: str) -> str:
        """The topmost parent of a customer, itself when it has none."""
        if customer not in self._roots:
            self._roots[customer] = topmost(customer, self.parents)
        return self._roots[customer]

    def same_family(self, one: str, other: str) -> bool:
        """Whether the two are one customer, or hang under the same topmost parent."""
        return one == other or self.root(one) == self.root(other)

    def identify(self, name: str, account: str, text: str = "") -> Payer:
        """The payer of a line, from what the bank says of it. A name and an account that disagree: both, unsure.

        Where the bank gives no name, and only then, the text may be one or have one in it.
        """
        by_account = self._by_account(compact(account), account)
        by_name = self._by_name(name or text, called(name, text))
        if by_account.grade == NOBODY:
            return by_name
        if by_name.grade != NOBODY and not self._agree(by_account, by_name):
            both = tuple(sorted({*by_account.customers, *by_name.customers}))
            return Payer(both, LIKELY, f"{by_account.why}, but {by_name.why}")
        if by_name.grade == CERTAIN and by_account.grade < CERTAIN:
            return by_name._replace(why=f"{by_name.why}, {by_account.why}")
        return by_account

    def _agree(self, one: Payer, other: Payer) -> bool:
        return any(self.same_family(a, b) for a in one.customers for b in other.customers)

    def _by_account(self, plain: str, account: str) -> Payer:
        for known, grade, word in (
            (self.accounts, CERTAIN, "is on file for"),
            (self.learned_accounts, LEARNED, "paid before for"),
        ):
            if plain and (found := known.get(plain)):
                who = tuple(sorted(found))
                sure = grade if len(who) == 1 else LIKELY
                return Payer(who, sure, f"payer account {account} {word} {_listed(who)}")
        return Payer((), NOBODY, "")

    def _by_name(self, name: str, called: str) -> Payer:
        plain = plain_name(name)
        if plain and plain in self.names:
            return self._by_known_name(plain, name, called)
        if plain and (found := self.learned_names.get(plain)):
            who = tuple(sorted(found))
            sure = LEARNED if len(who) == 1 else LIKELY
            return Payer(who, sure, f"{called} paid before for {_listed(who)}")
        if near := self._names_alike(plain):
            return Payer((near[0][1],), LIKELY, f"{called} is like {near[0][1]}'s ({near[0][0]} of 100)")
        if within := self._names_within(plain):
            return Payer(within, LIKELY, f"{called} has the name of {_listed(within)} in it")
        return Payer((), NOBODY, "")

    def _by_known_name(self, plain: str, name: str, called: str) -> Payer:
        """Meyer AG is not Meyer GmbH; but either may be called Meyer, when there is only one."""
        known, legal = self.names[plain], _folded(name)[1]
        if len({who for who, _ in known}) == 1:
            known, legal = {(who, form & _LEGAL) for who, form in known}, legal & _LEGAL
        same = {who for who, form in known if form == legal}
        open_to = {who for who, form in known if not form or not legal}
        who = tuple(sorted(same or open_to or {who for who, _ in known}))
        sure = CERTAIN if len(who) == 1 and (same or open_to) else LIKELY
        return Payer(who, sure, f"{called} is {_listed(who)}")

    def _names_alike(self, plain: str) -> list[tuple[int, str]]:
        if plain not in self._alike:
            scored = sorted((-self._likeness(plain, who), who) for who in self._sharing_words(plain))
            best = [(-score, who) for score, who in scored[:2]]
            clear = best and best[0][0] >= _ALIKE and (len(best) == 1 or best[0][0] - best[1][0] >= _CLEARLY)
            self._alike[plain] = best[:1] if clear else []
        return self._alike[plain]

    def _names_within(self, plain: str) -> tuple[str, ...]:
        """The customers one of whose names, of two words at least, stands in the payer's name word for word."""
        if plain not in self._within:
            said = set(plain.split())
            found = [
                who
                for who in self._sharing_words(plain)
                if any(len(words) > 1 and said.issuperset(words) for words in self.words_of[who])
            ]
            self._within[plain] = tuple(sorted(found)) if len(found) <= _FEW else ()
        return self._within[plain]

    def _sharing_words(self, plain: str) -> set[str]:
        keys = [key for word in plain.split() for key in (word, word[:4] + "…")]
        groups = sorted((self._by_word[key] for key in keys if key in self._by_word), key=len)
        found: set[str] = set()
        for group in groups:
            if len(group) <= _COMMON and len(found) <= _COMMON:
                found |= group
        return found

    def _likeness(self, plain: str, customer: str) -> int:
        return int(max((fuzz.ratio(plain, " ".join(words)) for words in self.words_of[customer]), default=0))

    def resembles(self, name: str, customer: str, text: str = "") -> str:
        """Why a payer's name, or the text in its place, speaks for a customer suspected for another reason; else "".

        Initials (`H&Co. Enterprises`, Hassan & Co.) or a telling word in common. Never enough to find a customer.
        """
        said = name_words(name or text)
        for words in self.words_of.get(customer, ()):
            initials = "".join(word[0] for word in words)
            if len(initials) >= 2 and said and _starts_with_initials(said, initials):
                return f"{called(name, text)} has the initials of {customer}"
            shared = [word for word in words if word in said and len(word) >= 4]
            if shared and len(self._by_word[shared[0]]) <= max(2, len(self.words_of) // 10):
                return f"{called(name, text)} shares {shared[0]!r} with {customer}"
        return ""


def _starts_with_initials(said: list[str], initials: str) -> bool:
    apart = len(said[0]) == 1 and "".join(word[0] for word in said[: len(initials)]) == initials
    return apart or said[0] == initials


def _listed(customers: tuple[str, ...]) -> str:
    return ", ".join(customers[:3]) + (" …" if len(customers) > 3 else "")
