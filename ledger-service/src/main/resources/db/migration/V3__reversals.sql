-- A reversal is a transfer of its own with the sides swapped. It counts on the transfer that it
-- reverses from the moment its funds are held, so that two cannot together give back too much.
ALTER TABLE transfer
  ADD COLUMN reverses uuid REFERENCES transfer,
  ADD COLUMN reversing_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN reversed_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT transfer_is_never_reversed_beyond_its_amount
    CHECK (reversing_minor >= 0 AND reversed_minor >= 0
      AND reversing_minor + reversed_minor <= CASE status WHEN 'POSTED' THEN amount_minor ELSE 0 END),
  ADD CONSTRAINT transfer_that_reverses_is_not_reversed
    CHECK (reverses IS NULL OR reversing_minor + reversed_minor = 0);
CREATE INDEX transfer_by_reversed ON transfer (reverses) WHERE reverses IS NOT NULL;
COMMENT ON COLUMN transfer.reverses IS 'The transfer that this one gives back, whole or in part.';
COMMENT ON COLUMN transfer.reversing_minor IS 'Sum of pending reversals of this transfer, minor units.';
COMMENT ON COLUMN transfer.reversed_minor IS 'Sum of posted reversals of this transfer, minor units.';
GRANT UPDATE (reversing_minor, reversed_minor) ON transfer TO ledger_journal;
