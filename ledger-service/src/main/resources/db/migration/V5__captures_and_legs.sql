-- Funds that are held until they are captured, whole or in parts, and transfers with several legs.
ALTER TABLE transfer
  ADD COLUMN capture_within_s bigint,
  ADD COLUMN captured_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN capture_count integer NOT NULL DEFAULT 0,
  ADD COLUMN void_requested boolean NOT NULL DEFAULT false,
  ADD COLUMN leg_count integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN transfer.capture_within_s IS 'Captured by request: seconds from HELD to expiry. Null: captured as soon as it is screened.';
COMMENT ON COLUMN transfer.captured_minor IS 'How much of it has been posted, minor units.';
COMMENT ON COLUMN transfer.capture_count IS 'Captures by request so far; numbers the next one''s journal entry.';
COMMENT ON COLUMN transfer.void_requested IS 'Its saga turns back instead of posting.';
COMMENT ON COLUMN transfer.leg_count IS 'Above 1 the legs are in transfer_leg, the accounts here are the first leg''s and the amount is the sum.';

UPDATE transfer SET captured_minor = amount_minor WHERE status = 'POSTED';

ALTER TABLE transfer
  DROP CONSTRAINT transfer_status_is_known,
  DROP CONSTRAINT transfer_is_screened_before_it_posts,
  DROP CONSTRAINT transfer_is_finished_unless_pending,
  DROP CONSTRAINT transfer_is_never_reversed_beyond_its_amount,
  ADD CONSTRAINT transfer_status_is_known
    CHECK (status IN ('PENDING', 'HELD', 'POSTED', 'REJECTED', 'VOIDED', 'EXPIRED')),
  ADD CONSTRAINT transfer_is_screened_before_it_is_held_or_posts
    CHECK (status NOT IN ('HELD', 'POSTED') OR screening IN ('APPROVED', 'SKIPPED')),
  ADD CONSTRAINT transfer_is_finished_unless_pending_or_held
    CHECK ((status IN ('PENDING', 'HELD')) = (finished_at IS NULL)),
  ADD CONSTRAINT transfer_is_held_for_a_capture_by_request
    CHECK (coalesce(capture_within_s > 0, status <> 'HELD' AND capture_count = 0)),
  ADD CONSTRAINT transfer_is_never_captured_beyond_its_amount
    CHECK (captured_minor BETWEEN 0 AND amount_minor),
  ADD CONSTRAINT transfer_is_captured_when_it_posts
    CHECK (captured_minor > 0 OR status <> 'POSTED'),
  ADD CONSTRAINT transfer_is_captured_at_once_unless_by_request
    CHECK (capture_within_s IS NOT NULL
      OR captured_minor = CASE status WHEN 'POSTED' THEN amount_minor ELSE 0 END),
  ADD CONSTRAINT transfer_is_not_captured_before_it_is_screened
    CHECK (captured_minor = 0 OR status NOT IN ('PENDING', 'REJECTED')),
  ADD CONSTRAINT transfer_is_held_while_something_is_left
    CHECK (captured_minor <> amount_minor OR status <> 'HELD'),
  ADD CONSTRAINT transfer_is_never_reversed_beyond_its_capture
    CHECK (reversing_minor >= 0 AND reversed_minor >= 0
      AND reversing_minor + reversed_minor <= captured_minor),
  ADD CONSTRAINT transfer_with_legs_is_captured_at_once
    CHECK (leg_count = 1 OR (leg_count BETWEEN 2 AND 50 AND capture_within_s IS NULL));

CREATE TABLE transfer_leg (
  transfer_id       uuid NOT NULL REFERENCES transfer,
  leg               integer NOT NULL,
  debit_account_id  uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  amount_minor      bigint NOT NULL,
  created_at        timestamptz NOT NULL,
  PRIMARY KEY (transfer_id, leg),
  CONSTRAINT transfer_leg_counts_from_one CHECK (leg BETWEEN 1 AND 50),
  CONSTRAINT transfer_leg_amount_is_in_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991)
);
CREATE INDEX transfer_leg_by_debit_account ON transfer_leg (debit_account_id, created_at, transfer_id);
CREATE INDEX transfer_leg_by_credit_account ON transfer_leg (credit_account_id, created_at, transfer_id);
COMMENT ON TABLE transfer_leg IS 'Append-only. The debits and credits of a transfer that has several.';
COMMENT ON COLUMN transfer_leg.created_at IS 'The transfer''s, for the list of an account.';

CREATE VIEW leg AS
  SELECT transfer_id, leg, debit_account_id, credit_account_id, amount_minor FROM transfer_leg
  UNION ALL
  SELECT id, 1, debit_account_id, credit_account_id, amount_minor FROM transfer WHERE leg_count = 1;
COMMENT ON VIEW leg IS 'Every leg of every transfer.';

ALTER TABLE journal_entry RENAME COLUMN leg TO number;
ALTER TABLE journal_entry
  RENAME CONSTRAINT journal_entry_posts_a_leg_once TO journal_entry_posts_a_leg_or_capture_once;
COMMENT ON COLUMN journal_entry.number IS 'Of the leg; or, captured by request, of the capture.';

ALTER TABLE command
  ADD COLUMN transfer_id uuid REFERENCES transfer,
  ADD COLUMN rejection text,
  DROP CONSTRAINT command_operation_is_known,
  ADD CONSTRAINT command_operation_is_known CHECK (operation IN
    ('open-account', 'create-transfer', 'capture-transfer', 'void-transfer')),
  ADD CONSTRAINT command_about_a_transfer_names_it_and_why_not
    CHECK (CASE WHEN operation IN ('capture-transfer', 'void-transfer')
      THEN transfer_id IS NOT NULL AND (outcome = 'REJECTED') = (rejection IS NOT NULL)
      ELSE transfer_id IS NULL AND rejection IS NULL END);
CREATE INDEX command_by_transfer ON command (transfer_id) WHERE transfer_id IS NOT NULL;
COMMENT ON COLUMN command.transfer_id IS 'The transfer that was to be captured or voided.';
COMMENT ON COLUMN command.rejection IS 'Why it was not.';

ALTER TABLE saga
  DROP CONSTRAINT saga_step_is_known,
  ADD CONSTRAINT saga_step_is_known CHECK (step IN ('SCREEN', 'CAPTURE', 'COMPENSATE', 'DONE'));

-- Of an account, or of a transfer's account.
DROP INDEX hold_live_by_account;
CREATE INDEX hold_live ON hold (account_id, transfer_id) WHERE status = 'HELD';

-- An event's id is derived from what this names, so one index tells a repetition of either.
ALTER TABLE outbox DROP CONSTRAINT outbox_event_id_is_unique;

CREATE TRIGGER transfer_leg_is_append_only BEFORE UPDATE OR DELETE ON transfer_leg
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER transfer_leg_is_never_truncated BEFORE TRUNCATE ON transfer_leg
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

GRANT SELECT, INSERT ON transfer_leg TO ledger_journal;
GRANT UPDATE (captured_minor, capture_count, void_requested, expires_at) ON transfer
  TO ledger_journal;
GRANT UPDATE (due_at) ON saga TO ledger_journal;
GRANT SELECT ON transfer_leg, leg TO ledger_app;
