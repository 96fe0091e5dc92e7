-- A verdict says what speaks against the transfer and how much; and who has paid whom is remembered.

CREATE TABLE assessment_rule (
  transfer_id uuid NOT NULL,
  position int NOT NULL,
  rule text NOT NULL,
  points int NOT NULL,
  detail text NOT NULL,
  CONSTRAINT assessment_rule_has_a_place PRIMARY KEY (transfer_id, position),
  CONSTRAINT assessment_rule_fires_once UNIQUE (transfer_id, rule),
  CONSTRAINT assessment_rule_is_named CHECK (rule ~ '^[a-z]+(-[a-z]+)*$'),
  CONSTRAINT assessment_rule_points_are_within_bounds CHECK (points BETWEEN 1 AND 100),
  CONSTRAINT assessment_rule_belongs_to_an_assessment
    FOREIGN KEY (transfer_id) REFERENCES assessment
);
COMMENT ON TABLE assessment_rule IS 'The rules that fired, in the order of the rule book.';
COMMENT ON COLUMN assessment_rule.points IS 'What the rule added to the score.';

INSERT INTO assessment_rule (transfer_id, position, rule, points, detail)
SELECT a.transfer_id, r.position - 1, lower(replace(r.rule, '_', '-')), 100,
       'Decided before verdicts were explained.'
  FROM assessment a, unnest(a.rules_fired) WITH ORDINALITY AS r (rule, position);

ALTER TABLE assessment
  DROP CONSTRAINT assessment_is_a_verdict_or_a_bare_tombstone,
  DROP CONSTRAINT assessment_declines_exactly_when_rules_fired,
  DROP COLUMN rules_fired,
  ADD COLUMN score int,
  ADD COLUMN decline_score int;
UPDATE assessment
   SET score = CASE verdict WHEN 'DECLINED' THEN 100 ELSE 0 END, decline_score = 100
 WHERE verdict IS NOT NULL;
ALTER TABLE assessment
  ADD CONSTRAINT assessment_score_is_within_bounds
    CHECK (score BETWEEN 0 AND 100 AND decline_score BETWEEN 1 AND 100),
  ADD CONSTRAINT assessment_declines_exactly_from_its_decline_score
    CHECK ((verdict = 'DECLINED') = (score >= decline_score)),
  ADD CONSTRAINT assessment_is_a_verdict_or_a_bare_tombstone CHECK (
    num_nulls(amount_minor, currency, operator_initiated, verdict, score, decline_score,
              assessed_at) = 0
    OR (num_nonnulls(amount_minor, currency, operator_initiated, verdict, score, decline_score,
                     assessed_at) = 0
        AND released_at IS NOT NULL));
COMMENT ON COLUMN assessment.score IS '0 to 100: the points of the rules that fired, cut at 100.';
COMMENT ON COLUMN assessment.decline_score IS 'The score from which a transfer was declined then.';

CREATE FUNCTION assessment_score_is_that_of_its_rules() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
  IF (SELECT least(100, coalesce(sum(r.points), 0)) FROM assessment_rule r
       WHERE r.transfer_id = NEW.transfer_id)
     <> (SELECT coalesce(a.score, 0) FROM assessment a
          WHERE a.transfer_id = NEW.transfer_id) THEN
    RAISE EXCEPTION 'assessment_score_is_that_of_its_rules: %', NEW.transfer_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER assessment_score_is_that_of_its_rules AFTER INSERT ON assessment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION assessment_score_is_that_of_its_rules();
CREATE CONSTRAINT TRIGGER assessment_score_is_that_of_its_rules AFTER INSERT ON assessment_rule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION assessment_score_is_that_of_its_rules();

CREATE TABLE payee (
  debit_account_id uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  largest_minor bigint NOT NULL,
  CONSTRAINT payee_is_known_once PRIMARY KEY (debit_account_id, credit_account_id),
  CONSTRAINT payee_amount_is_positive CHECK (largest_minor > 0)
);
COMMENT ON TABLE payee IS
  'Who has paid whom, from ledger.transfer.v1. Telling a payment again changes nothing.';
COMMENT ON COLUMN payee.largest_minor IS 'Minor units; the most that was paid at once.';

GRANT SELECT, INSERT ON assessment_rule TO fraud_app;
GRANT SELECT, INSERT, UPDATE (largest_minor) ON payee TO fraud_app;
