-- The fraud service's own database. The application role may add verdicts and move counters; it can
-- neither change a verdict nor forget one.

CREATE TABLE velocity_counter (
  debit_account_id uuid NOT NULL,
  currency text NOT NULL,
  window_starts_at timestamptz NOT NULL,
  limit_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  CONSTRAINT velocity_counter_is_one_per_account_and_window
    PRIMARY KEY (debit_account_id, currency, window_starts_at),
  CONSTRAINT velocity_counter_currency_is_three_capitals CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT velocity_counter_stays_within_its_limit
    CHECK (reserved_minor BETWEEN 0 AND limit_minor)
);
COMMENT ON TABLE velocity_counter IS
  'What a debit account has reserved by approved, not released transfers in one fixed window.';
COMMENT ON COLUMN velocity_counter.limit_minor IS
  'Minor units; the limit in force when the window was opened.';
COMMENT ON COLUMN velocity_counter.reserved_minor IS 'Minor units.';

CREATE TABLE assessment (
  transfer_id uuid NOT NULL,
  debit_account_id uuid,
  credit_account_id uuid,
  amount_minor bigint,
  currency text,
  operator_initiated boolean,
  verdict text,
  rules_fired text[],
  assessed_at timestamptz,
  reserved_minor bigint NOT NULL,
  window_starts_at timestamptz,
  released_at timestamptz,
  CONSTRAINT assessment_is_one_per_transfer PRIMARY KEY (transfer_id),
  CONSTRAINT assessment_is_a_verdict_or_a_bare_tombstone CHECK (
    num_nulls(debit_account_id, credit_account_id, amount_minor, currency, operator_initiated,
              verdict, rules_fired, assessed_at) = 0
    OR (num_nonnulls(debit_account_id, credit_account_id, amount_minor, currency,
                     operator_initiated, verdict, rules_fired, assessed_at) = 0
        AND released_at IS NOT NULL)),
  CONSTRAINT assessment_amount_is_positive_and_exact_in_json
    CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT assessment_currency_is_three_capitals CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT assessment_verdict_is_known CHECK (verdict IN ('APPROVED', 'DECLINED')),
  CONSTRAINT assessment_declines_exactly_when_rules_fired
    CHECK ((verdict = 'DECLINED') = (cardinality(rules_fired) > 0)),
  CONSTRAINT assessment_reserves_all_or_nothing CHECK (
    (reserved_minor = 0 AND window_starts_at IS NULL)
    OR (reserved_minor = amount_minor AND window_starts_at IS NOT NULL
        AND verdict = 'APPROVED')),
  CONSTRAINT assessment_reserves_on_an_open_window
    FOREIGN KEY (debit_account_id, currency, window_starts_at) REFERENCES velocity_counter
);
COMMENT ON TABLE assessment IS
  'One verdict per transfer for ever, or the tombstone of a transfer released before it had one.';
COMMENT ON COLUMN assessment.amount_minor IS 'Minor units.';
COMMENT ON COLUMN assessment.reserved_minor IS
  'Minor units put on the velocity counter of window_starts_at; given back at released_at.';

CREATE TABLE blocked_account (
  account_id uuid NOT NULL,
  reason text NOT NULL,
  blocked_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT blocked_account_is_listed_once PRIMARY KEY (account_id)
);
COMMENT ON TABLE blocked_account IS
  'Accounts that nothing may be moved from or to; kept by the owner role.';

GRANT SELECT, INSERT, UPDATE (released_at) ON assessment TO fraud_app;
GRANT SELECT, INSERT, UPDATE (reserved_minor) ON velocity_counter TO fraud_app;
GRANT SELECT ON blocked_account TO fraud_app;
