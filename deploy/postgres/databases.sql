-- The databases and roles of the whole stack, one statement a line group, run by a superuser on an
-- empty server. Each database has an owner (migrations only) and an application role that may do
-- no more than its service needs; the migrations grant the rest. Passwords are demo values.
CREATE ROLE gateway_owner LOGIN PASSWORD 'gateway-owner-demo';
CREATE ROLE gateway_app LOGIN PASSWORD 'gateway-app-demo';
CREATE DATABASE gateway OWNER gateway_owner;
REVOKE ALL ON DATABASE gateway FROM PUBLIC;
GRANT CONNECT ON DATABASE gateway TO gateway_app;

-- The ledger has three: the journal writes money and changes accounts, the application reads,
-- the relay tails the outbox.
CREATE ROLE ledger_owner LOGIN PASSWORD 'ledger-owner-demo';
CREATE ROLE ledger_journal LOGIN PASSWORD 'ledger-journal-demo';
CREATE ROLE ledger_app LOGIN PASSWORD 'ledger-app-demo';
CREATE ROLE ledger_relay LOGIN REPLICATION PASSWORD 'ledger-relay-demo';
CREATE DATABASE ledger OWNER ledger_owner;
REVOKE ALL ON DATABASE ledger FROM PUBLIC;
GRANT CONNECT ON DATABASE ledger TO ledger_journal, ledger_app, ledger_relay;

-- Every journal statement is planned through indexes: under SERIALIZABLE a sequential scan locks
-- the whole relation and turns strangers' transfers into conflicts.
ALTER ROLE ledger_journal SET enable_seqscan = off;
ALTER ROLE ledger_journal SET enable_hashjoin = off;
ALTER ROLE ledger_journal SET enable_mergejoin = off;
ALTER ROLE ledger_journal SET jit = off;
ALTER ROLE ledger_journal SET default_transaction_isolation = 'serializable';
-- A transaction that stays open lets others exhaust the pool that serializability is checked with.
ALTER ROLE ledger_journal SET transaction_timeout = '5s';
ALTER ROLE ledger_journal SET idle_in_transaction_session_timeout = '2s';
-- There is one writer: it waits for a row as long as a peer's batch lasts, and not for a stranger.
ALTER ROLE ledger_journal SET lock_timeout = '250ms';
-- A check of the auditor is planned as dear and reads few rows: compiling it takes longer than running it.
ALTER ROLE ledger_app SET jit = off;
ALTER ROLE ledger_app SET transaction_timeout = '30s';
ALTER ROLE ledger_app SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE ledger_app SET lock_timeout = '2s';

CREATE ROLE fraud_owner LOGIN PASSWORD 'fraud-owner-demo';
CREATE ROLE fraud_app LOGIN PASSWORD 'fraud-app-demo';
CREATE DATABASE fraud OWNER fraud_owner;
REVOKE ALL ON DATABASE fraud FROM PUBLIC;
GRANT CONNECT ON DATABASE fraud TO fraud_app;

CREATE ROLE notify_eu_owner LOGIN PASSWORD 'notify-eu-owner-demo';
CREATE ROLE notify_eu_app LOGIN PASSWORD 'notify-eu-app-demo';
CREATE DATABASE notify_eu OWNER notify_eu_owner;
REVOKE ALL ON DATABASE notify_eu FROM PUBLIC;
GRANT CONNECT ON DATABASE notify_eu TO notify_eu_app;
