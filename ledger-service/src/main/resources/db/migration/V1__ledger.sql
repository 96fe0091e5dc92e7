-- The laws of the ledger. Every money rule is a constraint on one row, so that it holds whatever
-- isolation level, connection or program writes the row. The names are sentences: a violation reads
-- as English.

CREATE TABLE account (
  id                    uuid PRIMARY KEY,
  owner                 text NOT NULL,
  name                  text NOT NULL,
  currency              text NOT NULL,
  kind                  text NOT NULL DEFAULT 'CUSTOMER',
  home_region           text NOT NULL DEFAULT 'eu',
  status                text NOT NULL DEFAULT 'OPEN',
  floor_minor           bigint DEFAULT 0,
  credits_posted_minor  bigint NOT NULL DEFAULT 0,
  debits_posted_minor   bigint NOT NULL DEFAULT 0,
  credits_pending_minor bigint NOT NULL DEFAULT 0,
  debits_pending_minor  bigint NOT NULL DEFAULT 0,
  line_count            bigint NOT NULL DEFAULT 0,
  version               bigint NOT NULL DEFAULT 0,
  administered          bigint NOT NULL DEFAULT 0,
  last_posted_at        timestamptz NOT NULL DEFAULT '-infinity',
  opened_at             timestamptz NOT NULL,
  CONSTRAINT account_has_one_currency UNIQUE (id, currency),
  CONSTRAINT account_currency_is_iso_4217 CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT account_kind_is_known CHECK (kind IN ('CUSTOMER', 'SYSTEM')),
  CONSTRAINT account_status_is_known
    CHECK (status IN ('OPEN', 'DEBITS_FROZEN', 'CREDITS_FROZEN', 'FROZEN', 'CLOSED')),
  CONSTRAINT account_counters_are_never_negative
    CHECK (credits_posted_minor >= 0 AND debits_posted_minor >= 0
      AND credits_pending_minor >= 0 AND debits_pending_minor >= 0),
  CONSTRAINT account_stays_at_or_above_its_floor
    CHECK (credits_posted_minor - debits_posted_minor - debits_pending_minor >= floor_minor),
  CONSTRAINT account_balance_fits_a_json_integer
    CHECK (abs(credits_posted_minor - debits_posted_minor) <= 9007199254740991),
  CONSTRAINT account_without_floor_is_a_system_account
    CHECK ((kind = 'SYSTEM') = (floor_minor IS NULL)),
  CONSTRAINT account_is_empty_when_closed
    CHECK (status <> 'CLOSED' OR (credits_posted_minor = debits_posted_minor
      AND debits_pending_minor = 0 AND credits_pending_minor = 0))
);
CREATE INDEX account_by_owner ON account (owner, id);
COMMENT ON TABLE account IS 'An account and its counters. Balance = credits_posted - debits_posted; available also subtracts debits_pending.';
COMMENT ON COLUMN account.floor_minor IS 'Least allowed available balance, minor units: 0, negative for an overdraft, null for system accounts.';
COMMENT ON COLUMN account.credits_posted_minor IS 'Sum of posted credits, minor units; only grows.';
COMMENT ON COLUMN account.debits_posted_minor IS 'Sum of posted debits, minor units; only grows.';
COMMENT ON COLUMN account.debits_pending_minor IS 'Sum of live holds on this account, minor units.';
COMMENT ON COLUMN account.credits_pending_minor IS 'Sum of live holds that would credit this account, minor units.';
COMMENT ON COLUMN account.line_count IS 'Number of the newest account_line; under the row''s lock it numbers the next one.';
COMMENT ON COLUMN account.version IS 'Grows with each change of the counters.';
COMMENT ON COLUMN account.administered IS 'Grows with each administrative change (status, name): optimistic lock of the application.';

CREATE TABLE command (
  id          uuid PRIMARY KEY,
  operation   text NOT NULL,
  fingerprint bytea NOT NULL,
  outcome     text NOT NULL,
  decided_at  timestamptz NOT NULL,
  CONSTRAINT command_operation_is_known CHECK (operation IN ('open-account', 'create-transfer')),
  CONSTRAINT command_outcome_is_known CHECK (outcome IN ('ACCEPTED', 'REJECTED')),
  CONSTRAINT command_fingerprint_is_sha_256 CHECK (length(fingerprint) = 32)
);
COMMENT ON TABLE command IS 'Every command ever decided, rejections too: the memory that makes "once" hold for ever.';

CREATE TABLE transfer (
  id                uuid PRIMARY KEY REFERENCES command,
  initiator         text NOT NULL,
  by_operator       boolean NOT NULL,
  status            text NOT NULL,
  rejection         text,
  screening         text NOT NULL DEFAULT 'PENDING',
  debit_account_id  uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  amount_minor      bigint NOT NULL,
  currency          text NOT NULL,
  reference         text,
  metadata          jsonb NOT NULL DEFAULT '{}',
  event_count       bigint NOT NULL DEFAULT 0,
  traceparent       text,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  finished_at       timestamptz,
  CONSTRAINT transfer_amount_is_in_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT transfer_status_is_known CHECK (status IN ('PENDING', 'POSTED', 'REJECTED', 'EXPIRED')),
  CONSTRAINT transfer_screening_is_known
    CHECK (screening IN ('PENDING', 'APPROVED', 'SKIPPED', 'DECLINED')),
  CONSTRAINT transfer_accounts_must_differ
    CHECK (debit_account_id <> credit_account_id OR status = 'REJECTED'),
  CONSTRAINT transfer_gives_a_reason_when_rejected
    CHECK ((status = 'REJECTED') = (rejection IS NOT NULL)),
  CONSTRAINT transfer_is_screened_before_it_posts
    CHECK (status <> 'POSTED' OR screening IN ('APPROVED', 'SKIPPED')),
  CONSTRAINT transfer_is_finished_unless_pending
    CHECK ((status = 'PENDING') = (finished_at IS NULL))
);
CREATE INDEX transfer_by_debit_account ON transfer (debit_account_id, created_at, id);
CREATE INDEX transfer_by_credit_account ON transfer (credit_account_id, created_at, id);
COMMENT ON COLUMN transfer.id IS 'The id of the command that asked for it.';
COMMENT ON COLUMN transfer.amount_minor IS 'Minor units of currency, 1 to 2^53-1.';
COMMENT ON COLUMN transfer.expires_at IS 'Past it a transfer that has not posted is compensated.';
COMMENT ON COLUMN transfer.event_count IS 'Number of outbox events of this transfer; numbers the next one.';

CREATE TABLE hold (
  transfer_id    uuid NOT NULL REFERENCES transfer,
  account_id     uuid NOT NULL REFERENCES account,
  amount_minor   bigint NOT NULL,
  captured_minor bigint NOT NULL DEFAULT 0,
  status         text NOT NULL DEFAULT 'HELD',
  held_at        timestamptz NOT NULL,
  ended_at       timestamptz,
  PRIMARY KEY (transfer_id, account_id),
  CONSTRAINT hold_amount_is_in_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT hold_is_never_captured_beyond_its_amount
    CHECK (captured_minor BETWEEN 0 AND amount_minor),
  CONSTRAINT hold_status_is_known CHECK (status IN ('HELD', 'CAPTURED', 'VOIDED', 'EXPIRED')),
  CONSTRAINT hold_ends_once CHECK ((status = 'HELD') = (ended_at IS NULL))
);
CREATE INDEX hold_live_by_account ON hold (account_id) WHERE status = 'HELD';
COMMENT ON TABLE hold IS 'Funds reserved on the debit account; live while HELD.';

CREATE TABLE journal_entry (
  id                uuid PRIMARY KEY,
  transfer_id       uuid NOT NULL REFERENCES transfer,
  leg               integer NOT NULL DEFAULT 1,
  debit_account_id  uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  amount_minor      bigint NOT NULL,
  currency          text NOT NULL,
  posted_at         timestamptz NOT NULL,
  CONSTRAINT journal_entry_posts_a_leg_once UNIQUE (transfer_id, leg),
  CONSTRAINT journal_entry_amount_is_in_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT journal_entry_accounts_must_differ CHECK (debit_account_id <> credit_account_id),
  CONSTRAINT journal_entry_debits_an_account_of_its_currency
    FOREIGN KEY (debit_account_id, currency) REFERENCES account (id, currency),
  CONSTRAINT journal_entry_credits_an_account_of_its_currency
    FOREIGN KEY (credit_account_id, currency) REFERENCES account (id, currency)
);
COMMENT ON TABLE journal_entry IS 'Append-only. Both sides on one row, so an unbalanced entry cannot be written.';

CREATE TABLE account_line (
  account_id          uuid NOT NULL REFERENCES account,
  seq                 bigint NOT NULL,
  entry_id            uuid NOT NULL REFERENCES journal_entry,
  side                text NOT NULL,
  balance_after_minor bigint NOT NULL,
  PRIMARY KEY (account_id, seq),
  CONSTRAINT account_line_counts_from_one CHECK (seq >= 1),
  CONSTRAINT account_line_side_is_known CHECK (side IN ('DEBIT', 'CREDIT')),
  CONSTRAINT account_line_shows_an_entry_once_per_side UNIQUE (entry_id, side)
);
COMMENT ON TABLE account_line IS 'Append-only. Numbers each account''s entries without gaps.';

CREATE TABLE saga (
  transfer_id uuid PRIMARY KEY REFERENCES transfer,
  step        text NOT NULL,
  reason      text,
  owner       text NOT NULL,
  epoch       bigint NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL,
  CONSTRAINT saga_step_is_known CHECK (step IN ('SCREEN', 'COMPENSATE', 'DONE')),
  CONSTRAINT saga_compensates_for_a_reason CHECK (step <> 'COMPENSATE' OR reason IS NOT NULL)
);
CREATE INDEX saga_unfinished ON saga (due_at) WHERE step <> 'DONE';
COMMENT ON TABLE saga IS 'Where each transfer''s saga stands and who may move it.';
COMMENT ON COLUMN saga.epoch IS 'Fencing token: each claim raises it, and a transition names the epoch it was decided under.';
COMMENT ON COLUMN saga.due_at IS 'While owned: end of the lease. Handed back: when to go on. Past it anyone may claim the saga.';

CREATE TABLE screening_release (
  transfer_id uuid PRIMARY KEY REFERENCES transfer,
  attempts    integer NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL,
  released_at timestamptz
);
CREATE INDEX screening_release_owed ON screening_release (due_at) WHERE released_at IS NULL;
COMMENT ON TABLE screening_release IS 'Velocity that fraud screening still has to be told to give back; the customer''s funds do not wait for it.';

CREATE TABLE offline_allowance (
  account_id   uuid NOT NULL REFERENCES account,
  window_start timestamptz NOT NULL,
  used_minor   bigint NOT NULL,
  limit_minor  bigint NOT NULL,
  PRIMARY KEY (account_id, window_start),
  CONSTRAINT offline_allowance_is_never_exceeded CHECK (used_minor BETWEEN 0 AND limit_minor)
);
COMMENT ON TABLE offline_allowance IS 'What an account has moved unscreened within a window, minor units.';

CREATE TABLE outbox (
  position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             uuid NOT NULL,
  aggregate_type text NOT NULL,
  aggregate_id   uuid NOT NULL,
  aggregate_seq  bigint NOT NULL,
  type           text NOT NULL,
  version        integer NOT NULL,
  payload        jsonb NOT NULL,
  traceparent    text,
  created_at     timestamptz NOT NULL,
  CONSTRAINT outbox_event_id_is_unique UNIQUE (id),
  CONSTRAINT outbox_numbers_an_aggregate_once UNIQUE (aggregate_type, aggregate_id, aggregate_seq),
  CONSTRAINT outbox_aggregate_type_is_known
    CHECK (aggregate_type IN ('account', 'account-entry', 'transfer'))
);
COMMENT ON TABLE outbox IS 'Append-only. Written in the transaction of the fact; the relay tails it from the WAL.';
COMMENT ON COLUMN outbox.aggregate_seq IS 'Order within (aggregate_type, aggregate_id), from 1 without gaps; 0 for the opening of an account.';

CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % refused: history is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE history text;
BEGIN
  FOREACH history IN ARRAY ARRAY['journal_entry', 'account_line', 'command', 'outbox'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE ON %1$s
      FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history()', history);
    EXECUTE format('CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON %1$s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()', history);
  END LOOP;
END $$;

-- The journal writes money. It inserts history and never changes it.
GRANT SELECT, INSERT ON account, command, transfer, hold, journal_entry, account_line, saga,
  screening_release, offline_allowance, outbox TO ledger_journal;
GRANT UPDATE (credits_posted_minor, debits_posted_minor, credits_pending_minor,
  debits_pending_minor, line_count, version, last_posted_at) ON account TO ledger_journal;
GRANT UPDATE (status, rejection, screening, event_count, finished_at) ON transfer TO ledger_journal;
GRANT UPDATE (captured_minor, status, ended_at) ON hold TO ledger_journal;
GRANT UPDATE (step, reason) ON saga TO ledger_journal;
GRANT UPDATE (used_minor, limit_minor) ON offline_allowance TO ledger_journal;

-- The application reads everything and administers; no money column is in its grants, so a stale
-- entity can never write a balance back.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ledger_app;
GRANT UPDATE (name, status, administered) ON account TO ledger_app;
GRANT UPDATE (owner, epoch, attempts, due_at) ON saga TO ledger_app;
GRANT UPDATE (attempts, due_at, released_at) ON screening_release TO ledger_app;

GRANT SELECT ON outbox TO ledger_relay;
CREATE PUBLICATION ledger_outbox FOR TABLE outbox WITH (publish = 'insert');

-- Where money enters and leaves; only an operator may name these accounts.
INSERT INTO account (id, owner, name, currency, kind, floor_minor, opened_at)
SELECT (prefix || '-0000-7000-8000-000000000' || number)::uuid,
  'system', label || ' ' || currency, currency, 'SYSTEM', NULL, '2026-01-01T00:00:00Z'
FROM (VALUES ('e0000000', 'External'), ('fee00000', 'Fees'), ('f0000000', 'FX')) AS kinds (prefix, label),
  (VALUES ('978', 'EUR'), ('840', 'USD')) AS currencies (number, currency);
