-- Signing keys have a life: the newest that may sign does, older ones are accepted until their tokens have expired.

ALTER TABLE signing_key DROP COLUMN purpose;
ALTER TABLE signing_key ADD COLUMN generation integer NOT NULL DEFAULT 1;
ALTER TABLE signing_key ALTER COLUMN generation DROP DEFAULT;
ALTER TABLE signing_key ADD PRIMARY KEY (generation);
ALTER TABLE signing_key ADD COLUMN signs_from timestamptz;
UPDATE signing_key SET signs_from = created_at;
ALTER TABLE signing_key ALTER COLUMN signs_from SET NOT NULL;
ALTER TABLE signing_key ADD CONSTRAINT generation_counts_from_one CHECK (generation >= 1);
ALTER TABLE signing_key ADD CONSTRAINT published_before_it_signs CHECK (signs_from >= created_at);

COMMENT ON TABLE signing_key IS
  'The demo issuer''s private keys (JWK), in the clear because the demo protects nothing; empty with a real issuer.';
COMMENT ON COLUMN signing_key.generation IS
  'Counts rotations; who inserts the next one first has rotated';
COMMENT ON COLUMN signing_key.created_at IS 'Published from then on';
COMMENT ON COLUMN signing_key.signs_from IS
  'Signs from then on, until a newer generation does';

GRANT DELETE ON signing_key TO gateway_app;
