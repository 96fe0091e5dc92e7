-- A saga that fails by a defect, again and again, is parked: an operator looks at it and releases it.
ALTER TABLE saga
  ADD COLUMN failures integer NOT NULL DEFAULT 0,
  ADD COLUMN failure text,
  ADD COLUMN parked_at timestamptz,
  ADD CONSTRAINT saga_is_parked_for_a_failure
    CHECK (parked_at IS NULL OR (failures > 0 AND failure IS NOT NULL));
CREATE INDEX saga_parked ON saga (parked_at, transfer_id) WHERE parked_at IS NOT NULL;
COMMENT ON COLUMN saga.failures IS 'Defects in a row: each time the pause before the next attempt doubles.';
COMMENT ON COLUMN saga.failure IS 'What the last one was.';
COMMENT ON COLUMN saga.parked_at IS 'Since when nobody takes it up; null when it is not parked.';
GRANT UPDATE (failures, failure, parked_at) ON saga TO ledger_app;
