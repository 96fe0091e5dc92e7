-- What moved money without a verdict in time, for people to look at; and the records that could not
-- be read. The application role may add and read, never change or delete.

CREATE TABLE review (
  transfer_id uuid NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  passed_at timestamptz NOT NULL,
  listed_at timestamptz NOT NULL,
  CONSTRAINT review_is_one_per_transfer PRIMARY KEY (transfer_id),
  CONSTRAINT review_currency_is_three_capitals CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT review_amount_is_positive_and_exact_in_json
    CHECK (amount_minor BETWEEN 1 AND 9007199254740991)
);
CREATE INDEX review_in_the_order_of_passing ON review (passed_at, transfer_id);
COMMENT ON TABLE review IS 'Transfers that passed unscreened, from ledger.transfer.v1.';
COMMENT ON COLUMN review.amount_minor IS 'Minor units; of the whole transfer.';
COMMENT ON COLUMN review.passed_at IS 'When the transfer moved its money.';

CREATE TABLE review_decision (
  transfer_id uuid NOT NULL,
  decision text NOT NULL,
  note text NOT NULL,
  decided_by text NOT NULL,
  decided_at timestamptz NOT NULL,
  CONSTRAINT review_is_decided_once PRIMARY KEY (transfer_id),
  CONSTRAINT review_decision_is_on_a_review FOREIGN KEY (transfer_id) REFERENCES review,
  CONSTRAINT review_decision_is_known CHECK (decision IN ('CLEARED', 'FRAUD')),
  CONSTRAINT review_decision_has_a_reason CHECK (length(note) BETWEEN 1 AND 1000),
  CONSTRAINT review_decision_has_somebody CHECK (length(decided_by) BETWEEN 1 AND 100)
);
COMMENT ON TABLE review_decision IS 'Who decided what of a review, and why; the first one stands.';
COMMENT ON COLUMN review_decision.decided_by IS 'As the caller says; not proven yet.';

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
  CONSTRAINT dead_letter_reason_is_known CHECK (reason IN ('UNREADABLE', 'FAILED'))
);
COMMENT ON TABLE dead_letter IS 'Records that were not applied, with all their bytes.';
COMMENT ON COLUMN dead_letter.headers IS 'JSON: header name to a list of base64 values.';
COMMENT ON COLUMN dead_letter.recorded_at IS 'The record''s time in Kafka.';

GRANT SELECT, INSERT ON review, review_decision, dead_letter TO fraud_app;
