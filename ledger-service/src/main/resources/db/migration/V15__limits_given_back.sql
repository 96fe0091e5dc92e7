-- What a transfer holds and never moves is given back to the allowance that it used.
ALTER TABLE transfer
  ADD COLUMN allowance_window_start timestamptz,
  ADD CONSTRAINT transfer_uses_an_allowance_when_it_is_not_screened
    CHECK (allowance_window_start IS NULL OR screening = 'SKIPPED');
COMMENT ON COLUMN transfer.allowance_window_start IS 'The window whose allowance it used; null when it was screened, or is older than this column and gives nothing back.';
GRANT UPDATE (allowance_window_start) ON transfer TO ledger_journal;
