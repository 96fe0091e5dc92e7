-- A transfer that moved less than it held keeps on its velocity counters what it moved.
ALTER TABLE assessment
  ADD COLUMN moved_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT assessment_moved_minor_is_in_range
    CHECK (moved_minor BETWEEN 0 AND 9007199254740991),
  ADD CONSTRAINT assessment_has_moved_when_it_is_released
    CHECK (moved_minor = 0 OR released_at IS NOT NULL);
COMMENT ON COLUMN assessment.moved_minor IS
  'Minor units that the transfer had moved when it was released; they stay reserved.';
GRANT UPDATE (moved_minor) ON assessment TO fraud_app;
