CREATE TABLE outbox (
  position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             uuid NOT NULL CONSTRAINT outbox_event_id_is_unique UNIQUE,
  aggregate_type text NOT NULL,
  aggregate_id   uuid NOT NULL,
  aggregate_seq  bigint NOT NULL,
  type           text NOT NULL,
  version        integer NOT NULL,
  payload        jsonb NOT NULL,
  traceparent    text,
  created_at     timestamptz NOT NULL,
  CONSTRAINT outbox_numbers_an_aggregate_once UNIQUE (aggregate_type, aggregate_id, aggregate_seq)
);
CREATE PUBLICATION ledger_outbox FOR TABLE outbox WITH (publish = 'insert');
GRANT SELECT ON outbox TO ledger_relay;
