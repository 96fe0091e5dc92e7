-- Where a transfer and its saga may go from where they are. The tests read these rows and hold the
-- code and the documents to them; a batch may take several steps of one saga at once, so a step may
-- also be passed over.
CREATE FUNCTION refuse_illegal_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: from % to %', TG_NAME, to_jsonb(OLD), to_jsonb(NEW)
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER transfer_takes_legal_steps BEFORE UPDATE ON transfer FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
    ('PENDING', 'HELD'), ('PENDING', 'POSTED'), ('PENDING', 'REJECTED'), ('PENDING', 'VOIDED'),
    ('PENDING', 'EXPIRED'), ('HELD', 'POSTED'), ('HELD', 'VOIDED'), ('HELD', 'EXPIRED')))
  EXECUTE FUNCTION refuse_illegal_step();

CREATE TRIGGER saga_takes_legal_steps BEFORE UPDATE ON saga FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR (OLD.step <> NEW.step AND (OLD.step, NEW.step) NOT IN (
    ('SCREEN', 'CAPTURE'), ('SCREEN', 'COMPENSATE'), ('SCREEN', 'DONE'), ('CAPTURE', 'DONE'),
    ('COMPENSATE', 'DONE'))))
  EXECUTE FUNCTION refuse_illegal_step();
