-- What the ledger goes by while fraud screening is away: a copy of the blocked accounts, and an
-- allowance of each owner besides that of each account.

CREATE TABLE blocked_account (
  account_id  uuid PRIMARY KEY,
  is_blocked  boolean NOT NULL,
  sequence    bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  CONSTRAINT blocked_account_sequence_is_never_negative CHECK (sequence >= 0),
  CONSTRAINT blocked_account_of_zeros_is_not_blocked
    CHECK (account_id <> '00000000-0000-0000-0000-000000000000' OR NOT is_blocked)
);
COMMENT ON TABLE blocked_account IS 'Copy of fraud-service''s list, from fraud.blocked-account.v1. The row of zeros says that a whole list has arrived.';
COMMENT ON COLUMN blocked_account.sequence IS 'Of the newest change that has arrived; an older one changes nothing.';

CREATE TABLE unreadable_event (
  topic         text NOT NULL,
  partition     integer NOT NULL,
  record_offset bigint NOT NULL,
  recorded_at   timestamptz NOT NULL,
  record_key    bytea,
  record_value  bytea,
  detail        text NOT NULL,
  kept_at       timestamptz NOT NULL,
  PRIMARY KEY (topic, partition, record_offset, recorded_at)
);
COMMENT ON TABLE unreadable_event IS 'Records that break their topic''s contract, with their bytes.';

GRANT SELECT, INSERT, UPDATE (is_blocked, sequence, occurred_at) ON blocked_account TO ledger_app;
GRANT SELECT ON blocked_account TO ledger_journal;
GRANT SELECT, INSERT ON unreadable_event TO ledger_app;

CREATE TABLE owner_offline_allowance (
  owner        text NOT NULL,
  window_start timestamptz NOT NULL,
  used_minor   bigint NOT NULL,
  limit_minor  bigint NOT NULL,
  PRIMARY KEY (owner, window_start),
  CONSTRAINT owner_offline_allowance_is_never_exceeded CHECK (used_minor BETWEEN 0 AND limit_minor)
);
COMMENT ON TABLE owner_offline_allowance IS 'What an owner''s accounts together have moved unscreened within a window, minor units. The ledger''s own accounts have none: nobody can open more of them.';

-- What was moved before owners were counted stays within a limit of its own.
INSERT INTO owner_offline_allowance (owner, window_start, used_minor, limit_minor)
SELECT a.owner, o.window_start, sum(o.used_minor), sum(o.limit_minor)
  FROM offline_allowance o JOIN account a ON a.id = o.account_id AND a.kind = 'CUSTOMER'
 GROUP BY a.owner, o.window_start;

GRANT SELECT ON owner_offline_allowance TO ledger_app;
GRANT SELECT, INSERT, UPDATE (used_minor, limit_minor) ON owner_offline_allowance TO ledger_journal;
