-- What must never be. Each query returns the ids of violations and so, on right books, no row.
-- "-- <id>: <sentence>" names the check that follows; ids as far as they go are those of the
-- invariants page. Run in one REPEATABLE READ READ ONLY transaction: a snapshot, without locks.

-- I1: an account's available balance is never below its floor
SELECT id::text FROM account
WHERE credits_posted_minor - debits_posted_minor - debits_pending_minor < floor_minor;

-- I2: per currency, debits equal credits and money is neither created nor lost
SELECT currency FROM account GROUP BY currency
HAVING sum(credits_posted_minor) <> sum(debits_posted_minor)
  OR sum(credits_pending_minor) <> sum(debits_pending_minor);

-- I3: a transfer has its one entry, of its accounts and amount, if and only if it is posted
SELECT coalesce(t.id, e.transfer_id)::text FROM transfer t
FULL JOIN journal_entry e ON e.transfer_id = t.id
WHERE (t.status IS NOT DISTINCT FROM 'POSTED') <> (e.id IS NOT NULL)
  OR (e.id IS NOT NULL AND (e.debit_account_id, e.credit_account_id, e.amount_minor, e.currency)
    IS DISTINCT FROM (t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency));

-- I4: an account's counters equal the sums of its entries
SELECT a.id::text FROM account a
LEFT JOIN (SELECT debit_account_id AS id, sum(amount_minor) AS minor FROM journal_entry GROUP BY 1) d
  ON d.id = a.id
LEFT JOIN (SELECT credit_account_id AS id, sum(amount_minor) AS minor FROM journal_entry GROUP BY 1) c
  ON c.id = a.id
WHERE a.debits_posted_minor <> coalesce(d.minor, 0) OR a.credits_posted_minor <> coalesce(c.minor, 0);

-- I5: an account's lines count without gaps, add up line by line, and never pass below its floor
SELECT account_id || ' line ' || seq FROM (
  SELECT l.account_id, l.seq, l.balance_after_minor, a.floor_minor,
    row_number() OVER w AS expected_seq,
    sum(CASE l.side WHEN 'DEBIT' THEN -e.amount_minor ELSE e.amount_minor END) OVER w AS running,
    e.posted_at < lag(e.posted_at) OVER w AS goes_back
  FROM account_line l JOIN journal_entry e ON e.id = l.entry_id JOIN account a ON a.id = l.account_id
  WINDOW w AS (PARTITION BY l.account_id ORDER BY l.seq)) lines
WHERE seq <> expected_seq OR balance_after_minor <> running OR goes_back
  OR balance_after_minor < floor_minor;

-- I5b: every entry has its two lines, on its own accounts, and an account counts its lines
SELECT e.id::text FROM journal_entry e
LEFT JOIN account_line d ON d.entry_id = e.id AND d.side = 'DEBIT' AND d.account_id = e.debit_account_id
LEFT JOIN account_line c ON c.entry_id = e.id AND c.side = 'CREDIT' AND c.account_id = e.credit_account_id
WHERE d.entry_id IS NULL OR c.entry_id IS NULL
UNION ALL
SELECT a.id::text FROM account a
WHERE a.line_count <> (SELECT count(*) FROM account_line l WHERE l.account_id = a.id);

-- I6: a transfer happens once per command, and a command that was accepted has its transfer
SELECT c.id::text FROM command c LEFT JOIN transfer t ON t.id = c.id
WHERE c.operation = 'create-transfer'
  AND (t.id IS NULL OR (c.outcome = 'REJECTED') <> (t.status = 'REJECTED' AND t.event_count = 1));

-- I8: nothing is stuck: an expired transfer is given up within a minute
SELECT id::text FROM transfer WHERE status = 'PENDING' AND expires_at < now() - interval '1 minute';

-- I9: a transfer's saga is done if and only if the transfer is final
SELECT t.id::text FROM transfer t LEFT JOIN saga s ON s.transfer_id = t.id
WHERE (t.status = 'PENDING') <> (s.step IS NOT NULL AND s.step <> 'DONE');

-- I10: a hold is live while its transfer is pending, captured if it posted, given back if it did not
SELECT t.id::text FROM transfer t LEFT JOIN hold h ON h.transfer_id = t.id
WHERE h.status IS DISTINCT FROM CASE t.status
    WHEN 'PENDING' THEN 'HELD' WHEN 'POSTED' THEN 'CAPTURED' WHEN 'EXPIRED' THEN 'EXPIRED'
    ELSE CASE WHEN h.status IS NOT NULL THEN 'VOIDED' END END
  OR (h.status IS NOT NULL
    AND (h.account_id, h.amount_minor) <> (t.debit_account_id, t.amount_minor))
  OR (h.status IS NULL AND t.event_count > 1)
  OR (h.status = 'CAPTURED' AND h.captured_minor <> t.amount_minor)
  OR (h.status IN ('VOIDED', 'EXPIRED') AND h.captured_minor <> 0);

-- I10b: an account's pending debits and credits equal the live holds of its transfers
SELECT a.id::text FROM account a
WHERE a.debits_pending_minor
  <> (SELECT coalesce(sum(h.amount_minor), 0) FROM hold h WHERE h.account_id = a.id AND h.status = 'HELD')
OR a.credits_pending_minor
  <> (SELECT coalesce(sum(h.amount_minor), 0) FROM hold h JOIN transfer t ON t.id = h.transfer_id
    WHERE t.credit_account_id = a.id AND h.status = 'HELD');

-- I11: every state of a transfer, and every line of an account, has its event
SELECT t.id::text FROM transfer t
WHERE t.event_count <> (SELECT count(*) FROM outbox o
    WHERE o.aggregate_type = 'transfer' AND o.aggregate_id = t.id
      AND o.aggregate_seq BETWEEN 1 AND t.event_count)
UNION ALL
SELECT l.account_id || ' line ' || l.seq FROM account_line l
LEFT JOIN outbox o ON o.aggregate_type = 'account-entry' AND o.aggregate_id = l.account_id
  AND o.aggregate_seq = l.seq
WHERE o.id IS NULL OR (o.payload ->> 'balanceAfterMinor')::bigint <> l.balance_after_minor;

-- I11b: no event without its fact
SELECT o.id::text FROM outbox o
LEFT JOIN transfer t ON o.aggregate_type = 'transfer' AND t.id = o.aggregate_id
  AND o.aggregate_seq <= t.event_count
LEFT JOIN account_line l ON o.aggregate_type = 'account-entry' AND l.account_id = o.aggregate_id
  AND l.seq = o.aggregate_seq
LEFT JOIN account a ON o.aggregate_type = 'account' AND a.id = o.aggregate_id
WHERE t.id IS NULL AND l.account_id IS NULL AND a.id IS NULL;

-- I26: no account moved more unscreened than its allowance, and all it moved so was counted
SELECT account_id::text FROM offline_allowance WHERE used_minor > limit_minor
UNION ALL
SELECT coalesce(s.account_id, u.account_id)::text FROM
  (SELECT debit_account_id AS account_id, sum(amount_minor) AS minor FROM transfer
    WHERE screening = 'SKIPPED' GROUP BY 1) s
  FULL JOIN (SELECT account_id, sum(used_minor) AS minor FROM offline_allowance GROUP BY 1) u
    ON u.account_id = s.account_id
WHERE s.minor IS DISTINCT FROM u.minor;

-- I27: what is counted as reversed of a transfer is what its reversals moved back, and no more
SELECT t.id::text FROM transfer t
LEFT JOIN (SELECT reverses,
    sum(amount_minor) FILTER (WHERE status = 'POSTED') AS posted,
    sum(amount_minor) FILTER (WHERE status = 'PENDING') AS pending
  FROM transfer WHERE reverses IS NOT NULL GROUP BY 1) r ON r.reverses = t.id
WHERE (t.reversed_minor, t.reversing_minor)
    IS DISTINCT FROM (coalesce(r.posted, 0), coalesce(r.pending, 0))
  OR t.reversed_minor + t.reversing_minor > t.amount_minor
UNION ALL
SELECT r.id::text FROM transfer r JOIN transfer o ON o.id = r.reverses
WHERE (r.debit_account_id, r.credit_account_id) <> (o.credit_account_id, o.debit_account_id)
  OR (r.status <> 'REJECTED' AND (r.currency <> o.currency OR o.reverses IS NOT NULL));
