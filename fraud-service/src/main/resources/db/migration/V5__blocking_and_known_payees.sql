-- Who is blocked is changed through the service, kept with who and why, and told to the ledger; and a
-- payee is known by more than one cent.

CREATE TABLE blocked_account_change (
  position bigint GENERATED ALWAYS AS IDENTITY,
  account_id uuid NOT NULL,
  sequence bigint NOT NULL,
  is_blocked boolean NOT NULL,
  reason text NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT blocked_account_change_has_a_position PRIMARY KEY (position),
  CONSTRAINT blocked_account_change_counts_per_account UNIQUE (account_id, sequence),
  CONSTRAINT blocked_account_change_counts_from_one CHECK (sequence >= 1),
  CONSTRAINT blocked_account_change_is_not_of_the_end_of_the_list
    CHECK (account_id <> '00000000-0000-0000-0000-000000000000'),
  CONSTRAINT blocked_account_change_has_a_reason CHECK (length(reason) BETWEEN 1 AND 1000),
  CONSTRAINT blocked_account_change_has_somebody CHECK (length(changed_by) BETWEEN 1 AND 100)
);
COMMENT ON TABLE blocked_account_change IS
  'Append-only. Who blocked or unblocked which account, and why; and the outbox of fraud.blocked-account.v1.';
COMMENT ON COLUMN blocked_account_change.position IS
  'In the order of the commits: changes take turns.';
COMMENT ON COLUMN blocked_account_change.changed_by IS
  'As the caller says; "configuration" for the service''s own setting.';

INSERT INTO blocked_account_change (account_id, sequence, is_blocked, reason, changed_by, changed_at)
SELECT account_id, 1, true, coalesce(nullif(left(reason, 1000), ''), 'not stated'), 'owner role',
       blocked_at
  FROM blocked_account
 WHERE account_id <> '00000000-0000-0000-0000-000000000000' ORDER BY blocked_at, account_id;
DELETE FROM blocked_account WHERE account_id = '00000000-0000-0000-0000-000000000000';

-- The row of a blocked account names the change that blocked it: none is blocked without the
-- ledger being told.
ALTER TABLE blocked_account
  DROP COLUMN reason,
  DROP COLUMN blocked_at,
  ADD COLUMN sequence bigint NOT NULL DEFAULT 1;
ALTER TABLE blocked_account
  ALTER COLUMN sequence DROP DEFAULT,
  ADD CONSTRAINT blocked_account_is_blocked_by_a_change
    FOREIGN KEY (account_id, sequence) REFERENCES blocked_account_change (account_id, sequence);
COMMENT ON TABLE blocked_account IS 'Accounts that nothing may be moved from or to.';

GRANT SELECT, INSERT, DELETE ON blocked_account TO fraud_app;
GRANT SELECT, INSERT ON blocked_account_change TO fraud_app;

-- Each payment that is large enough counts once; so many of them are told apart by their ids.
ALTER TABLE payee
  ADD COLUMN counted uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN first_counted_at timestamptz,
  ADD CONSTRAINT payee_counts_twenty_payments_at_most CHECK (cardinality(counted) <= 20),
  ADD CONSTRAINT payee_has_a_first_payment_when_one_counts
    CHECK ((cardinality(counted) = 0) = (first_counted_at IS NULL));
COMMENT ON COLUMN payee.counted IS
  'Transfers that moved at least the amount that counts, 20 at most: more need not be told apart.';
COMMENT ON COLUMN payee.first_counted_at IS 'When the earliest of those that count moved its money.';

-- What can be known of payments from before: those that were approved and never given back, between
-- two accounts of which one is known to have paid the other. 1000 is the default of the setting.
WITH paid AS (
  SELECT l.debit_account_id, l.credit_account_id, a.transfer_id, a.assessed_at,
         row_number() OVER (PARTITION BY l.debit_account_id, l.credit_account_id
                            ORDER BY a.assessed_at, a.transfer_id) AS number
    FROM assessment a JOIN assessment_leg l USING (transfer_id)
    JOIN payee p ON (p.debit_account_id, p.credit_account_id)
                    = (l.debit_account_id, l.credit_account_id)
   WHERE a.verdict = 'APPROVED' AND a.released_at IS NULL
   GROUP BY l.debit_account_id, l.credit_account_id, a.transfer_id, a.assessed_at, p.largest_minor
  HAVING sum(l.amount_minor) BETWEEN 1000 AND p.largest_minor),
counted AS (
  SELECT debit_account_id, credit_account_id, array_agg(transfer_id) AS transfers,
         min(assessed_at) AS first_at
    FROM paid WHERE number <= 20 GROUP BY debit_account_id, credit_account_id)
UPDATE payee p SET counted = c.transfers, first_counted_at = c.first_at
  FROM counted c
 WHERE (p.debit_account_id, p.credit_account_id) = (c.debit_account_id, c.credit_account_id);

GRANT UPDATE (counted, first_counted_at) ON payee TO fraud_app;
