-- A transfer with several legs is given back leg by leg, whole or in part.
ALTER TABLE transfer ADD COLUMN reverses_leg integer;
ALTER TABLE transfer_leg
  ADD COLUMN reverses_leg integer,
  ADD COLUMN reversing_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN reversed_minor bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN transfer.reverses_leg IS 'The leg of the reversed transfer that the only leg of this one gives back.';
COMMENT ON COLUMN transfer_leg.reverses_leg IS 'The leg of the reversed transfer that this one gives back.';
COMMENT ON COLUMN transfer_leg.reversing_minor IS 'Sum of pending reversals of this leg, minor units.';
COMMENT ON COLUMN transfer_leg.reversed_minor IS 'Sum of posted reversals of this leg, minor units.';
COMMENT ON TABLE transfer_leg IS 'The debits and credits of a transfer that has several. Append-only but for what is reversed.';

-- The only reversals so far were of one leg, or of all legs as they are.
UPDATE transfer SET reverses_leg = 1 WHERE reverses IS NOT NULL AND leg_count = 1;
ALTER TABLE transfer_leg DISABLE TRIGGER transfer_leg_is_append_only;
UPDATE transfer_leg l SET reverses_leg = l.leg
FROM transfer t WHERE t.id = l.transfer_id AND t.reverses IS NOT NULL;
UPDATE transfer_leg l SET
  reversing_minor = CASE WHEN t.reversing_minor > 0 THEN l.amount_minor ELSE 0 END,
  reversed_minor = CASE WHEN t.reversed_minor > 0 THEN l.amount_minor ELSE 0 END
FROM transfer t WHERE t.id = l.transfer_id AND t.reversing_minor + t.reversed_minor > 0;
ALTER TABLE transfer_leg ENABLE TRIGGER transfer_leg_is_append_only;

ALTER TABLE transfer
  ADD CONSTRAINT transfer_names_the_leg_that_it_reverses
    CHECK ((reverses_leg IS NOT NULL) = (reverses IS NOT NULL AND leg_count = 1));
ALTER TABLE transfer_leg
  ADD CONSTRAINT transfer_leg_is_never_reversed_beyond_its_amount
    CHECK (reversing_minor >= 0 AND reversed_minor >= 0
      AND reversing_minor + reversed_minor <= amount_minor);

DROP TRIGGER transfer_leg_is_append_only ON transfer_leg;
CREATE TRIGGER transfer_leg_is_append_only
  BEFORE DELETE OR UPDATE OF transfer_id, leg, debit_account_id, credit_account_id, amount_minor,
    created_at, refused, reverses_leg ON transfer_leg
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
GRANT UPDATE (reversing_minor, reversed_minor) ON transfer_leg TO ledger_journal;

CREATE OR REPLACE VIEW leg AS
  SELECT transfer_id, leg, debit_account_id, credit_account_id, amount_minor, reverses_leg,
    reversing_minor, reversed_minor FROM transfer_leg
  UNION ALL
  SELECT id, 1, debit_account_id, credit_account_id, amount_minor, reverses_leg, reversing_minor,
    reversed_minor FROM transfer WHERE leg_count = 1;
