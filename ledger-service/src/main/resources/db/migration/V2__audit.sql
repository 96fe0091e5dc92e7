-- The auditor's own notes. The application writes them; nothing that decides about money reads them.

CREATE TABLE audit_place (
  passes        bigint NOT NULL,
  position      bigint NOT NULL,
  next_position bigint NOT NULL,
  next_xid      xid8 NOT NULL,
  next_at       timestamptz NOT NULL,
  audited_until timestamptz NOT NULL
);
COMMENT ON TABLE audit_place IS 'One row: how far the continuous auditor is, in positions of the outbox.';
COMMENT ON COLUMN audit_place.passes IS 'Grows with each pass: of two instances that made the same one, the second writes nothing.';
COMMENT ON COLUMN audit_place.position IS 'What was written up to here has been looked at.';
COMMENT ON COLUMN audit_place.next_position IS 'The newest position at next_at. It is gone to once every transaction below next_xid has ended: until then one of them may still commit a lower position.';
COMMENT ON COLUMN audit_place.audited_until IS 'What was committed before this has been looked at.';

CREATE TABLE audit_account (
  account_id    uuid PRIMARY KEY,
  seq           bigint NOT NULL,
  debits_minor  bigint NOT NULL,
  credits_minor bigint NOT NULL
);
COMMENT ON TABLE audit_account IS 'Per account: the last line looked at and the sums of the entries up to it, minor units.';

CREATE TABLE audit_finding (
  check_id  text NOT NULL,
  violation text NOT NULL,
  found_at  timestamptz NOT NULL,
  PRIMARY KEY (check_id, violation)
);
COMMENT ON TABLE audit_finding IS 'What the auditor found. It stays until a full scan no longer finds it.';

INSERT INTO audit_place VALUES (0, 0, 0, '0', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z');

GRANT SELECT, UPDATE (passes, position, next_position, next_xid, next_at, audited_until)
  ON audit_place TO ledger_app;
GRANT SELECT, INSERT, UPDATE (seq, debits_minor, credits_minor) ON audit_account TO ledger_app;
GRANT SELECT, INSERT, DELETE ON audit_finding TO ledger_app;
