-- A transfer has one leg or several: the legs, and what is reserved for them, get rows of their own.

CREATE TABLE assessment_leg (
  transfer_id uuid NOT NULL,
  position int NOT NULL,
  debit_account_id uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  amount_minor bigint NOT NULL,
  CONSTRAINT assessment_leg_has_a_place PRIMARY KEY (transfer_id, position),
  CONSTRAINT assessment_leg_is_one_of_fifty CHECK (position BETWEEN 0 AND 49),
  CONSTRAINT assessment_leg_amount_is_positive_and_exact_in_json
    CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  CONSTRAINT assessment_leg_belongs_to_an_assessment
    FOREIGN KEY (transfer_id) REFERENCES assessment
);
COMMENT ON TABLE assessment_leg IS 'What was assessed, in the order in which it was asked about.';
COMMENT ON COLUMN assessment_leg.position IS 'From 0.';
COMMENT ON COLUMN assessment_leg.amount_minor IS 'Minor units.';

CREATE TABLE reservation (
  transfer_id uuid NOT NULL,
  debit_account_id uuid NOT NULL,
  currency text NOT NULL,
  window_starts_at timestamptz NOT NULL,
  reserved_minor bigint NOT NULL,
  CONSTRAINT reservation_is_one_per_transfer_and_account
    PRIMARY KEY (transfer_id, debit_account_id),
  CONSTRAINT reservation_is_positive CHECK (reserved_minor > 0),
  CONSTRAINT reservation_belongs_to_an_assessment
    FOREIGN KEY (transfer_id) REFERENCES assessment,
  CONSTRAINT reservation_is_on_an_open_counter
    FOREIGN KEY (debit_account_id, currency, window_starts_at) REFERENCES velocity_counter
);
COMMENT ON TABLE reservation IS
  'What an approved transfer put on a velocity counter; given back at the assessment''s released_at.';
COMMENT ON COLUMN reservation.reserved_minor IS
  'Minor units; the sum of the transfer''s legs that debit the account.';

INSERT INTO assessment_leg (transfer_id, position, debit_account_id, credit_account_id, amount_minor)
SELECT transfer_id, 0, debit_account_id, credit_account_id, amount_minor
  FROM assessment WHERE verdict IS NOT NULL;

INSERT INTO reservation (transfer_id, debit_account_id, currency, window_starts_at, reserved_minor)
SELECT transfer_id, debit_account_id, currency, window_starts_at, reserved_minor
  FROM assessment WHERE reserved_minor > 0;

ALTER TABLE assessment
  DROP CONSTRAINT assessment_is_a_verdict_or_a_bare_tombstone,
  DROP CONSTRAINT assessment_reserves_all_or_nothing,
  DROP CONSTRAINT assessment_reserves_on_an_open_window,
  DROP COLUMN debit_account_id,
  DROP COLUMN credit_account_id,
  DROP COLUMN reserved_minor,
  DROP COLUMN window_starts_at,
  ADD CONSTRAINT assessment_is_a_verdict_or_a_bare_tombstone CHECK (
    num_nulls(amount_minor, currency, operator_initiated, verdict, rules_fired, assessed_at) = 0
    OR (num_nonnulls(amount_minor, currency, operator_initiated, verdict, rules_fired,
                     assessed_at) = 0
        AND released_at IS NOT NULL));
COMMENT ON COLUMN assessment.amount_minor IS 'Minor units; the sum of the legs.';

-- What one row cannot say is said at the commit, of whatever the transaction left behind.
CREATE FUNCTION assessment_is_whole() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
  IF (SELECT coalesce(sum(l.amount_minor), 0) FROM assessment_leg l
       WHERE l.transfer_id = NEW.transfer_id)
     <> (SELECT coalesce(a.amount_minor, 0) FROM assessment a
          WHERE a.transfer_id = NEW.transfer_id) THEN
    RAISE EXCEPTION 'assessment_is_the_sum_of_its_legs: %', NEW.transfer_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM reservation r JOIN assessment a USING (transfer_id)
              WHERE r.transfer_id = NEW.transfer_id
                AND (a.verdict, a.currency) IS DISTINCT FROM ('APPROVED', r.currency)) THEN
    RAISE EXCEPTION 'assessment_reserves_when_it_approves: %', NEW.transfer_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM reservation r WHERE r.transfer_id = NEW.transfer_id)
     AND EXISTS (
       SELECT 1
         FROM (SELECT l.debit_account_id, sum(l.amount_minor) AS amount_minor
                 FROM assessment_leg l WHERE l.transfer_id = NEW.transfer_id
                GROUP BY l.debit_account_id) asked
         FULL JOIN (SELECT r.debit_account_id, r.reserved_minor
                      FROM reservation r WHERE r.transfer_id = NEW.transfer_id) reserved
           USING (debit_account_id)
        WHERE asked.amount_minor IS DISTINCT FROM reserved.reserved_minor) THEN
    RAISE EXCEPTION 'assessment_reserves_all_or_nothing: %', NEW.transfer_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER assessment_is_whole AFTER INSERT ON assessment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessment_is_whole();
CREATE CONSTRAINT TRIGGER assessment_is_whole AFTER INSERT ON assessment_leg
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessment_is_whole();
CREATE CONSTRAINT TRIGGER assessment_is_whole AFTER INSERT ON reservation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessment_is_whole();

GRANT SELECT, INSERT ON assessment_leg, reservation TO fraud_app;
