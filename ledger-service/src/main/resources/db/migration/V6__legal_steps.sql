-- Where a transfer and its saga may go from where they are, as the code has it too. A batch may take
-- several steps of one saga at once, so a step may also be passed over.
CREATE FUNCTION refuse_illegal_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: from % to %', TG_NAME,
      coalesce(to_jsonb(OLD) ->> 'status', to_jsonb(OLD) ->> 'step'),
      coalesce(to_jsonb(NEW) ->> 'status', to_jsonb(NEW) ->> 'step')
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER transfer_takes_legal_steps BEFORE UPDATE ON transfer FOR EACH ROW
  WHEN (NEW.captured_minor < OLD.captured_minor OR NEW.capture_count < OLD.capture_count
    OR (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
      ('PENDING', 'HELD'), ('PENDING', 'POSTED'), ('PENDING', 'REJECTED'), ('PENDING', 'VOIDED'),
      ('PENDING', 'EXPIRED'), ('HELD', 'POSTED'), ('HELD', 'VOIDED'), ('HELD', 'EXPIRED'))))
  EXECUTE FUNCTION refuse_illegal_step();

CREATE TRIGGER saga_takes_legal_steps BEFORE UPDATE ON saga FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR (OLD.step <> NEW.step AND (OLD.step, NEW.step) NOT IN (
    ('SCREEN', 'CAPTURE'), ('SCREEN', 'COMPENSATE'), ('SCREEN', 'DONE'), ('CAPTURE', 'DONE'),
    ('COMPENSATE', 'DONE'))))
  EXECUTE FUNCTION refuse_illegal_step();
