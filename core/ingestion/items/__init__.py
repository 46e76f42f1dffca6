"""Open items from any table: invoices, bills, ledger lines, payouts and payroll runs, by mapping or by hand."""
