-- Asking fraud screening again is under a budget; asking for the first time is not.
ALTER TABLE saga ADD COLUMN asked boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN saga.asked IS 'Fraud screening was sent the question and gave no usable answer: the next one is a repeat.';
GRANT UPDATE (asked) ON saga TO ledger_app;
