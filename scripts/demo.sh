#!/bin/sh
# The month-end of the example company in a copy of its own. Called by make demo, with ar on PATH.
set -eu

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
AR_TODAY=2026-06-30
export AR_TODAY
cd "$copy"

step() { printf '\n%s\n' "== $1"; }
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

step "The living example: a wholesaler in Portland, Maine, and a year of its receivables."
show ar init --example books
cd books

step "30 June 2026. The bank's file of the last days has come in."
show ar apply-payments ledgers/inbox/bank-2026-06.csv --account main --yes

step "Who owes what? Any day gives its own answer, the same tomorrow as today."
show ar aging --as-of 2026-06-30

step "Merrimack paid 1,000.00 of an invoice of 1,214.00. What they get in the mail:"
show ar statement MERRIMACK --as-of 2026-06-30

step "A builder's cheque bounced in March. Was that invoice paid? Every fact that touched it."
show ar why INV-2026-00004

step "Do the books hold together?"
show ar check

printf '\nTo look around yourself:  .venv/bin/ar init --example /tmp/books && cd /tmp/books && export AR_TODAY=2026-06-30\n'
