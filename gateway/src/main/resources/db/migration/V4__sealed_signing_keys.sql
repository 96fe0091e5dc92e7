-- The issuer's private keys are stored sealed. Keys that lay here in the clear count as disclosed: they
-- are deleted, the tokens that they signed end, and the first gateway that starts makes a new key.

TRUNCATE signing_key;
ALTER TABLE signing_key DROP COLUMN jwk;
ALTER TABLE signing_key ADD COLUMN sealed_jwk bytea NOT NULL;
ALTER TABLE signing_key ADD CONSTRAINT jwk_is_sealed CHECK (
  substring(sealed_jwk FROM 1 FOR 1) = '\x01' AND octet_length(sealed_jwk) > 29);

COMMENT ON TABLE signing_key IS
  'The demo issuer''s private keys, sealed; empty with a real issuer.';
COMMENT ON COLUMN signing_key.sealed_jwk IS
  'Version byte 1, a nonce of 12 bytes, and the private key (JWK) encrypted by AES-256-GCM with its tag of 16 bytes. The key of the seal is derived from SIGNING_KEYS_SECRET; version, purpose and generation are authenticated, so a row opens in its own generation only';
