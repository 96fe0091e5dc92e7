-- A key whose command was answered 202 is known to whoever asks for it.
ALTER TABLE idempotency_key ADD COLUMN accepted_at timestamptz;
COMMENT ON COLUMN idempotency_key.accepted_at IS
  'When the command was first answered 202: the ledger has it, and its end is not known here yet';
COMMENT ON COLUMN idempotency_key.answer_location IS
  'Of the final answer, or of a 202 before it';
