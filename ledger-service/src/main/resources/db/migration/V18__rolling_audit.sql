-- The rolling audit goes through all the books in steps and begins again. Its notes, like those of the
-- continuous auditor, are the application's, and nothing that decides about money reads them.

CREATE TABLE audit_round (
  round         bigint NOT NULL,
  walk          integer NOT NULL,
  place         text COLLATE "C" NOT NULL,
  debits_minor  numeric NOT NULL,
  credits_minor numeric NOT NULL,
  steps         bigint NOT NULL,
  began_at      timestamptz NOT NULL,
  audited_since timestamptz NOT NULL
);
COMMENT ON TABLE audit_round IS 'One row: how far the rolling audit is. Whoever makes a step has it locked.';
COMMENT ON COLUMN audit_round.round IS 'Number of this round; one less are complete.';
COMMENT ON COLUMN audit_round.walk IS 'The table that is gone through; their order is that of Walk.java.';
COMMENT ON COLUMN audit_round.place IS 'Key of the last row that was looked at.';
COMMENT ON COLUMN audit_round.debits_minor IS 'Of an account of which some lines were looked at: the sum of its debits so far, minor units.';
COMMENT ON COLUMN audit_round.credits_minor IS 'The same of its credits.';
COMMENT ON COLUMN audit_round.audited_since IS 'When the last complete round began: every row that was there then has been looked at since.';
INSERT INTO audit_round VALUES (1, 0, '', 0, 0, 0, now(), now());
GRANT SELECT, UPDATE ON audit_round TO ledger_app;

ALTER TABLE audit_finding
  ADD COLUMN round bigint NOT NULL DEFAULT 0,
  ADD COLUMN walk integer NOT NULL DEFAULT 99,
  ADD COLUMN place text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON TABLE audit_finding IS 'What the auditor found. It stays until it is looked at again and is right.';
COMMENT ON COLUMN audit_finding.round IS 'The round in which it was last found.';
COMMENT ON COLUMN audit_finding.walk IS 'With place: where the rolling audit found it, and does not find it any more when it comes by in a later round. 99: the end of the round.';
GRANT UPDATE (round, walk, place) ON audit_finding TO ledger_app;

ALTER TABLE audit_place
  ADD COLUMN alive_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN excused_until timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN allowances_told_after timestamptz NOT NULL DEFAULT '-infinity';
COMMENT ON COLUMN audit_place.alive_at IS 'When a ledger last made a pass.';
COMMENT ON COLUMN audit_place.excused_until IS 'Nothing counts as late before: no ledger ran, and then it had as long again to catch up.';
COMMENT ON COLUMN audit_place.allowances_told_after IS 'From later windows on, each transfer that used an allowance says which.';
UPDATE audit_place SET allowances_told_after = now()
WHERE EXISTS (SELECT FROM transfer WHERE screening = 'SKIPPED' AND allowance_window_start IS NULL);
GRANT UPDATE (alive_at, excused_until) ON audit_place TO ledger_app;

-- What moved unscreened in a window. It is in the way of no update of a transfer that is screened: its
-- window stays null.
CREATE INDEX transfer_by_allowance ON transfer (debit_account_id, allowance_window_start)
  WHERE allowance_window_start IS NOT NULL;
CREATE INDEX transfer_with_legs_by_allowance ON transfer (allowance_window_start)
  WHERE allowance_window_start IS NOT NULL AND leg_count > 1;
