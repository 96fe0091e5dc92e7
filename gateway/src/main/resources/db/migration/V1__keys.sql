-- What the gateway remembers: which requests it has seen, and what it signs tokens with.

CREATE TABLE idempotency_key (
  command_id          uuid PRIMARY KEY,
  principal           text NOT NULL,
  operation           text NOT NULL,
  idempotency_key     text NOT NULL,
  fingerprint         text NOT NULL,
  state               text NOT NULL,
  epoch               bigint NOT NULL,
  lease_ends_at       timestamptz,
  answer_status       integer,
  answer_content_type text,
  answer_location     text,
  answer_body         bytea,
  answered_at         timestamptz,
  created_at          timestamptz NOT NULL,
  expires_at          timestamptz NOT NULL,
  CONSTRAINT key_is_printable_ascii CHECK (idempotency_key ~ '^[ -~]{1,255}$'),
  CONSTRAINT fingerprint_is_sha_256 CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  CONSTRAINT state_is_known CHECK (state IN ('CLAIMED', 'RELEASED', 'ANSWERED')),
  CONSTRAINT epoch_counts_claims CHECK (epoch >= 1),
  CONSTRAINT claimed_has_a_lease CHECK ((state = 'CLAIMED') = (lease_ends_at IS NOT NULL)),
  CONSTRAINT answered_has_an_answer CHECK (
    (state = 'ANSWERED')
      = (answer_status IS NOT NULL AND answer_body IS NOT NULL AND answered_at IS NOT NULL)),
  CONSTRAINT only_final_answers_are_kept CHECK (answer_status IN (200, 201, 204, 422))
);

CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);

COMMENT ON TABLE idempotency_key IS
  'One row per key, caller and operation; forgotten after expires_at. The ledger remembers the command id for ever.';
COMMENT ON COLUMN idempotency_key.command_id IS
  'UUIDv8 of issuer, principal, operation, key and item index: what the ledger knows the command by';
COMMENT ON COLUMN idempotency_key.fingerprint IS
  'SHA-256 in hex of principal, operation, path and canonical body; kept when a claim is given back';
COMMENT ON COLUMN idempotency_key.epoch IS
  'Counts claims; a holder with an older epoch writes nothing';
COMMENT ON COLUMN idempotency_key.lease_ends_at IS
  'Until then the claim is honoured; afterwards the next caller takes it over';
COMMENT ON COLUMN idempotency_key.answer_body IS 'The bytes that were sent, replayed as they are';

CREATE TABLE signing_key (
  purpose    text PRIMARY KEY,
  jwk        text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT purpose_is_known CHECK (purpose = 'access-tokens')
);

COMMENT ON TABLE signing_key IS
  'The demo issuer''s private key (JWK), in the clear because the demo protects nothing; empty with a real issuer.';

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO gateway_app;
GRANT SELECT, INSERT ON signing_key TO gateway_app;
