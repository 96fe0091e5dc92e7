-- Freezes, closes and overdraft limits are commands of the journal: decided under the account's lock,
-- remembered under their id, and told by a trail and an event. The application's role changes no
-- account any more.

-- Freezes are kept per who froze, and the status follows from them. Whose a freeze of both sides was
-- when an operator took part is not known: it counts as the operator's, who can lift it.
ALTER TABLE account RENAME COLUMN frozen_by_operator TO was_frozen_by_operator;
ALTER TABLE account RENAME COLUMN status TO status_was;
ALTER TABLE account
  DROP CONSTRAINT account_status_is_known,
  DROP CONSTRAINT account_is_empty_when_closed,
  DROP CONSTRAINT account_is_frozen_when_an_operator_froze_it,
  ADD COLUMN is_closed boolean NOT NULL DEFAULT false,
  ADD COLUMN frozen_by_owner text NOT NULL DEFAULT 'NONE',
  ADD COLUMN frozen_by_operator text NOT NULL DEFAULT 'NONE',
  ADD COLUMN change_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN status text NOT NULL GENERATED ALWAYS AS (CASE
    WHEN is_closed THEN 'CLOSED'
    WHEN frozen_by_operator = 'BOTH'
      OR (frozen_by_operator = 'CREDITS' AND frozen_by_owner = 'DEBITS') THEN 'FROZEN'
    WHEN frozen_by_operator = 'CREDITS' THEN 'CREDITS_FROZEN'
    WHEN 'DEBITS' IN (frozen_by_operator, frozen_by_owner) THEN 'DEBITS_FROZEN'
    ELSE 'OPEN' END) STORED;

UPDATE account SET
  is_closed = (status_was = 'CLOSED'),
  frozen_by_owner = CASE WHEN status_was = 'DEBITS_FROZEN' AND NOT was_frozen_by_operator
    THEN 'DEBITS' ELSE 'NONE' END,
  frozen_by_operator = CASE
    WHEN status_was = 'FROZEN' THEN 'BOTH' WHEN status_was = 'CREDITS_FROZEN' THEN 'CREDITS'
    WHEN status_was = 'DEBITS_FROZEN' AND was_frozen_by_operator THEN 'DEBITS' ELSE 'NONE' END
WHERE status_was <> 'OPEN';

ALTER TABLE account
  DROP COLUMN status_was,
  DROP COLUMN was_frozen_by_operator,
  DROP COLUMN administered,
  ADD CONSTRAINT account_owner_freezes_debits CHECK (frozen_by_owner IN ('NONE', 'DEBITS')),
  ADD CONSTRAINT account_operator_freezes_sides
    CHECK (frozen_by_operator IN ('NONE', 'DEBITS', 'CREDITS', 'BOTH')),
  ADD CONSTRAINT account_changes_are_counted CHECK (change_count >= 0),
  ADD CONSTRAINT account_is_empty_when_closed
    CHECK (NOT is_closed OR (credits_posted_minor = debits_posted_minor
      AND debits_pending_minor = 0 AND credits_pending_minor = 0));
COMMENT ON COLUMN account.status IS 'What it takes part in; follows from is_closed and the two freezes.';
COMMENT ON COLUMN account.frozen_by_owner IS 'The sides that the owner froze, and only the owner lifts.';
COMMENT ON COLUMN account.frozen_by_operator IS 'The sides that an operator froze, and only an operator lifts.';
COMMENT ON COLUMN account.change_count IS 'Number of the newest account_change; under the row''s lock it numbers the next one.';
COMMENT ON COLUMN account.version IS 'Grows with each change of the row.';

ALTER TABLE command
  ADD COLUMN account_id uuid REFERENCES account,
  DROP CONSTRAINT command_operation_is_known,
  DROP CONSTRAINT command_about_a_transfer_names_it_and_why_not,
  ADD CONSTRAINT command_operation_is_known CHECK (operation IN
    ('open-account', 'create-transfer', 'capture-transfer', 'void-transfer', 'freeze-account',
      'unfreeze-account', 'close-account', 'reopen-account', 'allow-overdraft')),
  ADD CONSTRAINT command_about_a_transfer_names_it
    CHECK ((operation IN ('capture-transfer', 'void-transfer')) = (transfer_id IS NOT NULL)),
  ADD CONSTRAINT command_about_an_account_names_it
    CHECK ((operation IN ('freeze-account', 'unfreeze-account', 'close-account', 'reopen-account',
      'allow-overdraft')) = (account_id IS NOT NULL)),
  ADD CONSTRAINT command_that_is_refused_says_why
    CHECK ((rejection IS NOT NULL)
      = (outcome = 'REJECTED' AND coalesce(transfer_id, account_id) IS NOT NULL));
COMMENT ON COLUMN command.account_id IS 'The account that was to be changed.';
COMMENT ON COLUMN command.rejection IS 'Why a command about a transfer or an account was refused.';

CREATE TABLE account_change (
  account_id                uuid NOT NULL REFERENCES account,
  number                    bigint NOT NULL,
  command_id                uuid REFERENCES command,
  change                    text NOT NULL,
  changed_by                text NOT NULL,
  by_operator               boolean NOT NULL,
  reason                    text,
  status_before             text NOT NULL,
  status_after              text NOT NULL,
  frozen_by_owner_before    text NOT NULL,
  frozen_by_owner_after     text NOT NULL,
  frozen_by_operator_before text NOT NULL,
  frozen_by_operator_after  text NOT NULL,
  floor_before_minor        bigint,
  floor_after_minor         bigint,
  changed_at                timestamptz NOT NULL,
  PRIMARY KEY (account_id, number),
  CONSTRAINT account_change_is_made_by_one_command UNIQUE (command_id),
  CONSTRAINT account_change_is_known
    CHECK (change IN ('FREEZE', 'UNFREEZE', 'CLOSE', 'REOPEN', 'OVERDRAFT', 'TRAIL_BEGAN')),
  CONSTRAINT account_change_counts_from_one_command_each
    CHECK (number >= 0 AND (number = 0) = (change = 'TRAIL_BEGAN')
      AND (number = 0) = (command_id IS NULL)),
  CONSTRAINT account_change_gives_a_reason_or_none CHECK (length(reason) BETWEEN 1 AND 200)
);
COMMENT ON TABLE account_change IS 'Append-only. Who changed what an account takes part in and may owe, when and why.';
COMMENT ON COLUMN account_change.number IS 'Counts each account''s changes without gaps; 0 is what was there when this trail began.';

INSERT INTO account_change (account_id, number, change, changed_by, by_operator, status_before,
  status_after, frozen_by_owner_before, frozen_by_owner_after, frozen_by_operator_before,
  frozen_by_operator_after, floor_before_minor, floor_after_minor, changed_at)
SELECT id, 0, 'TRAIL_BEGAN', 'system', true, status, status, frozen_by_owner, frozen_by_owner,
  frozen_by_operator, frozen_by_operator, floor_minor, floor_minor, now()
FROM account WHERE status <> 'OPEN' OR floor_minor <> 0;

CREATE TRIGGER account_change_is_append_only BEFORE UPDATE OR DELETE ON account_change
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER account_change_is_never_truncated BEFORE TRUNCATE ON account_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

-- The least privileged role must not be able to create spending power.
REVOKE UPDATE (name, floor_minor) ON account FROM ledger_app;
GRANT UPDATE (is_closed, frozen_by_owner, frozen_by_operator, floor_minor, change_count) ON account
  TO ledger_journal;
GRANT SELECT, INSERT ON account_change TO ledger_journal;
GRANT SELECT ON account_change TO ledger_app;

-- A void that was accepted while its transfer was pending wins over everything that comes later.
ALTER TABLE transfer
  ADD CONSTRAINT transfer_to_be_voided_is_never_held_or_posted
    CHECK (NOT void_requested OR status NOT IN ('HELD', 'POSTED'));
DROP TRIGGER transfer_takes_legal_steps ON transfer;
CREATE TRIGGER transfer_takes_legal_steps BEFORE UPDATE ON transfer FOR EACH ROW
  WHEN (NEW.captured_minor < OLD.captured_minor OR NEW.capture_count < OLD.capture_count
    OR (OLD.void_requested AND NOT NEW.void_requested)
    OR (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
      ('PENDING', 'HELD'), ('PENDING', 'POSTED'), ('PENDING', 'REJECTED'), ('PENDING', 'VOIDED'),
      ('PENDING', 'EXPIRED'), ('HELD', 'POSTED'), ('HELD', 'VOIDED'), ('HELD', 'EXPIRED'))))
  EXECUTE FUNCTION refuse_illegal_step();
