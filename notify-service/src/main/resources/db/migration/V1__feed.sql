-- One replica's own database. Every table only grows: the application role has no right to change or
-- delete a row, so what was shown once can never be shown differently.

CREATE TABLE account (
  account_id uuid NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  currency text NOT NULL,
  opened_at timestamptz NOT NULL,
  CONSTRAINT account_is_told_once PRIMARY KEY (account_id),
  CONSTRAINT account_has_an_owner CHECK (owner <> ''),
  CONSTRAINT account_currency_is_three_capitals CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE account IS 'Whose feed it is, from ledger.account.v1.';

CREATE TABLE feed_item (
  account_id uuid NOT NULL,
  sequence bigint NOT NULL,
  entry_id uuid NOT NULL,
  transfer_id uuid NOT NULL,
  side text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  balance_after_minor bigint NOT NULL,
  posted_at timestamptz NOT NULL,
  CONSTRAINT feed_item_is_one_per_account_and_sequence PRIMARY KEY (account_id, sequence),
  CONSTRAINT feed_item_sequence_starts_at_one CHECK (sequence >= 1),
  CONSTRAINT feed_item_side_is_known CHECK (side IN ('DEBIT', 'CREDIT')),
  CONSTRAINT feed_item_amount_is_positive_and_exact_in_json
    CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT feed_item_currency_is_three_capitals CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE feed_item IS
  'Entries from ledger.account-entry.v1, a grow-only set. May come before its account and with gaps; shown up to the first gap.';
COMMENT ON COLUMN feed_item.amount_minor IS 'Minor units.';
COMMENT ON COLUMN feed_item.balance_after_minor IS 'Minor units; the account''s posted balance.';

CREATE TABLE inbox (
  event_id uuid NOT NULL,
  handled_at timestamptz NOT NULL,
  CONSTRAINT inbox_has_an_event_once PRIMARY KEY (event_id)
);
COMMENT ON TABLE inbox IS
  'Events that were handled, written in the same transaction as their effect.';

CREATE TABLE dead_letter (
  id bigint GENERATED ALWAYS AS IDENTITY,
  topic text NOT NULL,
  partition int NOT NULL,
  record_offset bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  record_key bytea,
  record_value bytea,
  headers text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  kept_at timestamptz NOT NULL,
  CONSTRAINT dead_letter_has_an_id PRIMARY KEY (id),
  CONSTRAINT dead_letter_is_kept_once_per_record
    UNIQUE (topic, partition, record_offset, recorded_at),
  CONSTRAINT dead_letter_reason_is_known
    CHECK (reason IN ('UNREADABLE', 'CONFLICT', 'FAILED'))
);
COMMENT ON TABLE dead_letter IS 'Records that were not applied, with all their bytes.';
COMMENT ON COLUMN dead_letter.headers IS 'JSON: header name to a list of base64 values.';
COMMENT ON COLUMN dead_letter.recorded_at IS 'The record''s time in Kafka.';

GRANT SELECT, INSERT ON account, feed_item, inbox, dead_letter TO ${app_role};
