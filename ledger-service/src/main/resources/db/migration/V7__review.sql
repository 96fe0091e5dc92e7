-- Transfers that fraud screening could not be asked about wait for it, or for an operator.
ALTER TABLE saga ADD COLUMN review_since timestamptz;
COMMENT ON COLUMN saga.review_since IS 'Since when it waits because fraud screening could not be asked; null when it never had to.';
CREATE INDEX saga_held_for_review ON saga (review_since, transfer_id)
  WHERE step = 'SCREEN' AND review_since IS NOT NULL;

CREATE TABLE review_decision (
  transfer_id uuid PRIMARY KEY REFERENCES transfer,
  decision    text NOT NULL,
  reason      text NOT NULL,
  decided_by  text NOT NULL,
  decided_at  timestamptz NOT NULL,
  CONSTRAINT review_decision_is_known CHECK (decision IN ('APPROVE', 'REJECT')),
  CONSTRAINT review_decision_gives_a_reason CHECK (length(reason) BETWEEN 1 AND 200)
);
COMMENT ON TABLE review_decision IS 'Append-only. What an operator decided in the place of fraud screening; the first decision stands, and the saga carries it out.';

CREATE TRIGGER review_decision_is_append_only BEFORE UPDATE OR DELETE ON review_decision
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER review_decision_is_never_truncated BEFORE TRUNCATE ON review_decision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

GRANT UPDATE (review_since) ON saga TO ledger_app;
GRANT SELECT, INSERT ON review_decision TO ledger_app;
