-- Limits and freezes of accounts are administration: the application writes them, and the laws of the
-- row are judged against what the journal has written.
ALTER TABLE account
  ADD COLUMN frozen_by_operator boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT account_is_frozen_when_an_operator_froze_it
    CHECK (NOT frozen_by_operator OR status IN ('DEBITS_FROZEN', 'CREDITS_FROZEN', 'FROZEN')),
  ADD CONSTRAINT account_floor_is_an_overdraft_limit
    CHECK (floor_minor BETWEEN -9007199254740991 AND 0);
COMMENT ON COLUMN account.frozen_by_operator IS 'Only an operator lifts such a freeze.';
GRANT UPDATE (floor_minor, frozen_by_operator) ON account TO ledger_app;
