-- What is told of a transfer is bounded, whatever others do to it: so many captures, so many reversals,
-- and no attempts that held nothing in its payee's list.
ALTER TABLE transfer
  ADD COLUMN refused boolean NOT NULL DEFAULT false,
  ADD COLUMN reversal_count integer NOT NULL DEFAULT 0,
  ADD COLUMN captures_max integer NOT NULL DEFAULT 100,
  ADD COLUMN reversals_max integer NOT NULL DEFAULT 100;
COMMENT ON COLUMN transfer.refused IS 'Rejected before funds were held: an attempt, which its payee is not shown.';
COMMENT ON COLUMN transfer.reversal_count IS 'Reversals of this transfer that are pending or posted.';
COMMENT ON COLUMN transfer.captures_max IS 'Bound of capture_count: 100, or what a transfer had that is older than the bound.';
COMMENT ON COLUMN transfer.reversals_max IS 'Bound of reversal_count: 100, or what a transfer had that is older than the bound.';

ALTER TABLE transfer_leg ADD COLUMN refused boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN transfer_leg.refused IS 'The transfer''s, for the list of an account.';

UPDATE transfer t SET refused = true
WHERE status = 'REJECTED' AND NOT EXISTS (SELECT FROM hold h WHERE h.transfer_id = t.id);
UPDATE transfer t SET reversal_count = r.reversals, reversals_max = greatest(100, r.reversals)
FROM (SELECT reverses, count(*) AS reversals FROM transfer
  WHERE reverses IS NOT NULL AND status IN ('PENDING', 'POSTED') GROUP BY reverses) r
WHERE t.id = r.reverses;
UPDATE transfer SET captures_max = capture_count WHERE capture_count > 100;
ALTER TABLE transfer_leg DISABLE TRIGGER transfer_leg_is_append_only;
UPDATE transfer_leg l SET refused = true FROM transfer t WHERE t.id = l.transfer_id AND t.refused;
ALTER TABLE transfer_leg ENABLE TRIGGER transfer_leg_is_append_only;

ALTER TABLE transfer
  ADD CONSTRAINT transfer_is_refused_only_when_rejected CHECK (status = 'REJECTED' OR NOT refused),
  ADD CONSTRAINT transfer_has_no_more_captures_than_allowed
    CHECK (capture_count BETWEEN 0 AND captures_max),
  ADD CONSTRAINT transfer_has_no_more_reversals_than_allowed
    CHECK (reversal_count BETWEEN 0 AND reversals_max);

-- Whether it was refused never changes, so these indexes stand in the way of no update.
DROP INDEX transfer_by_credit_account;
CREATE INDEX transfer_by_credit_account ON transfer (credit_account_id, created_at, id)
  WHERE NOT refused;
DROP INDEX transfer_leg_by_credit_account;
CREATE INDEX transfer_leg_by_credit_account ON transfer_leg (credit_account_id, created_at, transfer_id)
  WHERE NOT refused;
DROP INDEX transfer_by_reversed;
CREATE INDEX transfer_by_reversed ON transfer (reverses, created_at, id)
  WHERE reverses IS NOT NULL AND NOT refused;

GRANT UPDATE (reversal_count) ON transfer TO ledger_journal;
