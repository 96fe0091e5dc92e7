-- What must never be. Each query returns the ids of violations and so, on right books, no row.
-- "-- <id>: <sentence>" names the check that follows; ids as far as they go are those of the
-- invariants page. Run in one REPEATABLE READ transaction: a snapshot, without locks on the books.
--
-- Each check is written once, over what is `seen`, and run with one of two beginnings: the full scan
-- sees everything; the continuous auditor and the rolling audit see a part. A check that names
-- nothing of what is seen needs the whole books and is the full scan's alone.

-- everything
WITH present AS (SELECT CAST(:now AS timestamptz) AS at),
  seen_account AS (
    SELECT *, 0::bigint AS audited_seq, 0::numeric AS audited_debits_minor,
      0::numeric AS audited_credits_minor, line_count AS seq_to
    FROM account),
  seen_line AS (
    SELECT l.*, e.amount_minor, e.posted_at, e.debit_account_id, e.credit_account_id, e.currency
    FROM account_line l LEFT JOIN journal_entry e ON e.id = l.entry_id),
  seen_transfer AS (SELECT * FROM transfer),
  seen_leg AS (SELECT * FROM leg),
  seen_command AS (SELECT * FROM command),
  seen_entry AS (SELECT * FROM journal_entry),
  seen_change AS (SELECT * FROM account_change),
  seen_event AS (SELECT * FROM outbox),
  live_hold AS (SELECT * FROM hold WHERE status = 'HELD'),
  live_credit AS (
    SELECT l.credit_account_id AS account_id, l.amount_minor - h.captured_minor AS minor
    FROM live_hold h
    JOIN leg l ON l.transfer_id = h.transfer_id AND l.debit_account_id = h.account_id),
  live AS (SELECT true AS is_whole),
  seen_allowance AS (
    SELECT account_id, window_start FROM offline_allowance
    UNION SELECT l.debit_account_id, t.allowance_window_start
      FROM transfer t JOIN leg l ON l.transfer_id = t.id WHERE t.allowance_window_start IS NOT NULL)

-- part: of some accounts the lines after `seq` up to `seq_to`, with the sums of the lines before; the
-- counters are compared when that is the account's end. Some transfers, commands, changes, events and
-- allowances. Lines beyond the counted ones are few or many; ten of them are enough to tell. Of live
-- holds, which no index finds by the account that they credit, so many are read; if there are more,
-- pending credits are not compared.
WITH present AS (SELECT CAST(:now AS timestamptz) AS at),
  seen_account AS (
    SELECT a.*, n.seq AS audited_seq, n.debits_minor AS audited_debits_minor,
      n.credits_minor AS audited_credits_minor, n.seq_to
    FROM unnest(CAST(:accounts AS uuid[]), CAST(:seqs AS bigint[]), CAST(:debits AS numeric[]),
      CAST(:credits AS numeric[]), CAST(:seqsTo AS bigint[]))
      AS n (id, seq, debits_minor, credits_minor, seq_to)
    JOIN account a ON a.id = n.id),
  seen_line AS (
    SELECT l.*, e.amount_minor, e.posted_at, e.debit_account_id, e.credit_account_id, e.currency
    FROM seen_account a
    CROSS JOIN LATERAL (
      SELECT * FROM account_line WHERE account_id = a.id AND seq > a.audited_seq AND seq <= a.seq_to
      UNION ALL
      (SELECT * FROM account_line WHERE account_id = a.id AND seq > a.seq_to
        AND a.seq_to = a.line_count ORDER BY seq LIMIT 10)) l
    LEFT JOIN journal_entry e ON e.id = l.entry_id),
  seen_transfer AS (SELECT * FROM transfer WHERE id = ANY (CAST(:transfers AS uuid[]))),
  seen_leg AS (SELECT * FROM leg WHERE transfer_id = ANY (CAST(:transfers AS uuid[]))),
  seen_command AS (SELECT * FROM command WHERE id = ANY (CAST(:commands AS uuid[]))),
  seen_entry AS (SELECT * FROM journal_entry WHERE transfer_id = ANY (CAST(:transfers AS uuid[]))),
  seen_change AS (
    SELECT c.* FROM unnest(CAST(:changeAccounts AS uuid[]), CAST(:changeNumbers AS bigint[]))
      AS n (account_id, number)
    JOIN account_change c ON c.account_id = n.account_id AND c.number = n.number),
  seen_event AS (SELECT * FROM outbox WHERE position > :after AND position <= :upTo),
  live_hold AS MATERIALIZED (
    SELECT * FROM hold WHERE status = 'HELD' AND :accounts <> '{}' LIMIT :liveMax + 1),
  live AS (SELECT count(*) <= :liveMax AS is_whole FROM live_hold),
  live_credit AS (
    SELECT l.credit_account_id AS account_id, l.amount_minor - h.captured_minor AS minor
    FROM live_hold h
    JOIN leg l ON l.transfer_id = h.transfer_id AND l.debit_account_id = h.account_id
    WHERE l.credit_account_id = ANY (CAST(:accounts AS uuid[])) AND (SELECT is_whole FROM live)),
  seen_allowance AS (
    SELECT * FROM unnest(CAST(:allowanceAccounts AS uuid[]), CAST(:allowanceWindows AS timestamptz[]))
      AS n (account_id, window_start)
    UNION SELECT l.debit_account_id, t.allowance_window_start
      FROM seen_transfer t JOIN seen_leg l ON l.transfer_id = t.id
      WHERE t.allowance_window_start IS NOT NULL)

-- I1: an account's available balance is never below its floor
SELECT id::text FROM seen_account
WHERE credits_posted_minor - debits_posted_minor - debits_pending_minor < floor_minor;

-- I2: per currency, debits equal credits and money is neither created nor lost
SELECT currency FROM account GROUP BY currency
HAVING sum(credits_posted_minor) <> sum(debits_posted_minor)
  OR sum(credits_pending_minor) <> sum(debits_pending_minor);

-- I2 in parts: counters are sums of lines (I4), an entry has its two (I5b), and a line its entry (I2b). So
-- debits equal credits, without a sum over all accounts. What is pending is the live holds' (I10b, I10c).

-- I2b: every line is of an entry that names its account on its side, in the account's currency
SELECT l.account_id || ' line ' || l.seq FROM seen_line l LEFT JOIN seen_account a ON a.id = l.account_id
WHERE (CASE l.side WHEN 'DEBIT' THEN l.debit_account_id ELSE l.credit_account_id END, l.currency)
  IS DISTINCT FROM (a.id, a.currency);

-- I3: a transfer's entries are those of its legs when it posted, those of its captures when it is captured by request, and none else; they sum up to what it says was captured
SELECT coalesce(t.id, e.transfer_id)::text FROM (
  SELECT t.id, t.currency, t.captured_minor, t.capture_count,
    t.capture_within_s IS NOT NULL AS by_request, l.leg, l.debit_account_id, l.credit_account_id,
    l.amount_minor
  FROM seen_transfer t LEFT JOIN seen_leg l ON l.transfer_id = t.id
    AND (t.capture_within_s IS NOT NULL OR t.captured_minor > 0)) t
FULL JOIN seen_entry e ON e.transfer_id = t.id AND (t.by_request OR e.number = t.leg)
WHERE (e.id IS NULL AND NOT (t.by_request AND t.captured_minor = 0)
    AND (t.leg IS NOT NULL OR t.captured_minor > 0))
  OR (e.id IS NOT NULL AND (e.debit_account_id, e.credit_account_id, e.currency)
    IS DISTINCT FROM (t.debit_account_id, t.credit_account_id, t.currency))
  OR (e.id IS NOT NULL AND CASE WHEN t.by_request THEN e.number NOT BETWEEN 1 AND t.capture_count
    ELSE e.amount_minor IS DISTINCT FROM t.amount_minor END)
UNION
SELECT t.id::text FROM seen_transfer t
LEFT JOIN (SELECT transfer_id, sum(amount_minor) AS minor, count(*) AS entries FROM seen_entry
    GROUP BY 1) e ON e.transfer_id = t.id
WHERE t.captured_minor <> coalesce(e.minor, 0) OR t.capture_count > coalesce(e.entries, 0)
  OR (t.leg_count > 1 AND (t.leg_count, t.amount_minor) <> (
    SELECT count(*), sum(amount_minor) FROM transfer_leg l WHERE l.transfer_id = t.id));

-- I4: an account's counters equal the sums of its entries
SELECT a.id::text FROM seen_account a
LEFT JOIN (
  SELECT account_id, sum(amount_minor) FILTER (WHERE side = 'DEBIT') AS debits_minor,
    sum(amount_minor) FILTER (WHERE side = 'CREDIT') AS credits_minor
  FROM seen_line GROUP BY 1) l ON l.account_id = a.id
WHERE a.seq_to = a.line_count
  AND (a.debits_posted_minor <> a.audited_debits_minor + coalesce(l.debits_minor, 0)
    OR a.credits_posted_minor <> a.audited_credits_minor + coalesce(l.credits_minor, 0));

-- I5: an account's lines count without gaps, add up, and never go back in time
SELECT l.account_id || ' line ' || l.seq FROM seen_line l
LEFT JOIN account_line p ON p.account_id = l.account_id AND p.seq = l.seq - 1
LEFT JOIN journal_entry before ON before.id = p.entry_id
WHERE (p.seq IS NULL AND l.seq <> 1)
  OR l.balance_after_minor <> coalesce(p.balance_after_minor, 0)
    + CASE l.side WHEN 'DEBIT' THEN -l.amount_minor ELSE l.amount_minor END
  OR l.posted_at < before.posted_at;

-- I5b: every entry has its two lines, on its own accounts, and an account counts its lines
SELECT e.id::text FROM seen_entry e
LEFT JOIN account_line d ON d.entry_id = e.id AND d.side = 'DEBIT' AND d.account_id = e.debit_account_id
LEFT JOIN account_line c ON c.entry_id = e.id AND c.side = 'CREDIT' AND c.account_id = e.credit_account_id
WHERE d.entry_id IS NULL OR c.entry_id IS NULL
UNION ALL
SELECT a.id::text FROM seen_account a
LEFT JOIN (SELECT account_id, count(*) AS lines FROM seen_line GROUP BY 1) l ON l.account_id = a.id
WHERE a.seq_to - a.audited_seq <> coalesce(l.lines, 0);

-- I5c: nothing is stamped with a time that is yet to come
SELECT e.id::text FROM seen_entry e, present p WHERE e.posted_at > p.at
UNION ALL
SELECT a.id::text FROM seen_account a, present p WHERE a.last_posted_at > p.at
UNION ALL
SELECT t.id::text FROM seen_transfer t, present p
WHERE t.created_at > p.at OR t.finished_at > p.at
UNION ALL
SELECT c.id::text FROM seen_command c, present p WHERE c.decided_at > p.at;

-- I6: a transfer happens once per command, a command that was accepted has its transfer, and each capture its command
SELECT c.id::text FROM seen_command c LEFT JOIN transfer t ON t.id = c.id
WHERE c.operation = 'create-transfer'
  AND (t.id IS NULL OR (c.outcome = 'REJECTED') <> (t.status = 'REJECTED' AND t.event_count = 1))
UNION ALL
SELECT t.id::text FROM seen_transfer t
WHERE t.capture_within_s IS NOT NULL AND t.capture_count <> (SELECT count(*) FROM command c WHERE c.transfer_id = t.id
    AND c.operation = 'capture-transfer' AND c.outcome = 'ACCEPTED');

-- I8: nothing is stuck: an expired transfer is given up within a minute of a ledger that runs
SELECT t.id::text FROM seen_transfer t, audit_place p
WHERE t.status IN ('PENDING', 'HELD')
  AND greatest(t.expires_at, p.excused_until) < now() - interval '1 minute';

-- I9: a transfer's saga is done if and only if the transfer is final, and awaits its capture while it is held
SELECT t.id::text FROM seen_transfer t LEFT JOIN saga s ON s.transfer_id = t.id
WHERE CASE t.status WHEN 'PENDING' THEN s.step IN ('SCREEN', 'COMPENSATE')
  WHEN 'HELD' THEN s.step = 'CAPTURE' ELSE coalesce(s.step, 'DONE') = 'DONE' END IS NOT TRUE;

-- I10: a transfer has a hold for each account that pays, live while it is pending or held, captured if it posted, given back if it did not
SELECT t.id::text FROM seen_transfer t
JOIN (SELECT transfer_id, debit_account_id AS account_id, sum(amount_minor) AS minor FROM seen_leg
    GROUP BY 1, 2) l ON l.transfer_id = t.id
LEFT JOIN hold h ON h.transfer_id = t.id AND h.account_id = l.account_id
WHERE h.status IS DISTINCT FROM CASE
    WHEN t.status IN ('PENDING', 'HELD') THEN 'HELD' WHEN t.status = 'POSTED' THEN 'CAPTURED'
    WHEN t.status = 'EXPIRED' THEN 'EXPIRED'
    ELSE CASE WHEN h.status IS NOT NULL THEN 'VOIDED' END END
  OR h.amount_minor <> l.minor
  OR (h.status IS NULL AND t.event_count > 1)
UNION
SELECT t.id::text FROM seen_transfer t LEFT JOIN hold h ON h.transfer_id = t.id
GROUP BY t.id, t.captured_minor HAVING coalesce(sum(h.captured_minor), 0) <> t.captured_minor
UNION
SELECT t.id::text FROM seen_transfer t JOIN hold h ON h.transfer_id = t.id
WHERE NOT EXISTS (SELECT FROM seen_leg l
  WHERE l.transfer_id = t.id AND l.debit_account_id = h.account_id);

-- I10b: an account's pending debits equal what its live holds have left
SELECT a.id::text FROM seen_account a
WHERE a.debits_pending_minor <> (SELECT coalesce(sum(h.amount_minor - h.captured_minor), 0)
    FROM hold h WHERE h.account_id = a.id AND h.status = 'HELD');

-- I10c: an account's pending credits equal what is left of the live holds for it
SELECT a.id::text FROM seen_account a
LEFT JOIN (SELECT account_id, sum(minor) AS minor FROM live_credit GROUP BY 1) c
  ON c.account_id = a.id
WHERE a.credits_pending_minor <> coalesce(c.minor, 0) AND (SELECT is_whole FROM live);

-- I11: every state of a transfer, every line of an account, and every change of one, has its event
SELECT t.id::text FROM seen_transfer t
WHERE t.event_count <> (SELECT count(*) FROM outbox o
    WHERE o.aggregate_type = 'transfer' AND o.aggregate_id = t.id
      AND o.aggregate_seq BETWEEN 1 AND t.event_count)
UNION ALL
SELECT l.account_id || ' line ' || l.seq FROM seen_line l
LEFT JOIN outbox o ON o.aggregate_type = 'account-entry' AND o.aggregate_id = l.account_id
  AND o.aggregate_seq = l.seq
WHERE o.id IS NULL OR (o.payload ->> 'balanceAfterMinor')::bigint <> l.balance_after_minor
UNION ALL
SELECT c.account_id || ' change ' || c.number FROM seen_change c
LEFT JOIN outbox o ON o.aggregate_type = 'account' AND o.aggregate_id = c.account_id
  AND o.aggregate_seq = c.number
WHERE c.number > 0 AND (o.id IS NULL OR o.payload ->> 'status' IS DISTINCT FROM c.status_after);

-- I11b: no event without its fact
SELECT o.id::text FROM seen_event o
LEFT JOIN transfer t ON o.aggregate_type = 'transfer' AND t.id = o.aggregate_id
  AND o.aggregate_seq <= t.event_count
LEFT JOIN account_line l ON o.aggregate_type = 'account-entry' AND l.account_id = o.aggregate_id
  AND l.seq = o.aggregate_seq
LEFT JOIN account a ON o.aggregate_type = 'account' AND a.id = o.aggregate_id
  AND o.aggregate_seq <= a.change_count
WHERE t.id IS NULL AND l.account_id IS NULL AND a.id IS NULL;

-- I26: no account moved more unscreened in a window than its allowance, and all it moved so, or still holds, was counted
SELECT n.account_id::text FROM seen_allowance n CROSS JOIN audit_place p
LEFT JOIN offline_allowance u ON u.account_id = n.account_id AND u.window_start = n.window_start
CROSS JOIN LATERAL (SELECT coalesce(sum(minor), 0) AS minor FROM (
    SELECT CASE WHEN t.status IN ('PENDING', 'HELD') THEN t.amount_minor ELSE t.captured_minor END AS minor
    FROM transfer t WHERE t.debit_account_id = n.account_id
      AND t.allowance_window_start = n.window_start AND t.leg_count = 1
    UNION ALL SELECT l.amount_minor FROM transfer t JOIN transfer_leg l ON l.transfer_id = t.id
    WHERE t.allowance_window_start = n.window_start AND t.leg_count > 1
      AND l.debit_account_id = n.account_id) moved) used
WHERE u.used_minor > u.limit_minor OR used.minor > coalesce(u.used_minor, 0)
  OR (used.minor < u.used_minor AND n.window_start > p.allowances_told_after)
UNION
SELECT t.debit_account_id::text FROM seen_transfer t, audit_place p
WHERE t.screening = 'SKIPPED' AND t.allowance_window_start IS NULL
  AND t.created_at > p.allowances_told_after;

-- I26b: no owner moved more unscreened in a window than its allowance, and all that its accounts moved so was counted
SELECT DISTINCT a.owner FROM seen_allowance n
JOIN account a ON a.id = n.account_id AND a.kind = 'CUSTOMER'
LEFT JOIN owner_offline_allowance u ON u.owner = a.owner AND u.window_start = n.window_start
WHERE u.used_minor > u.limit_minor
  OR u.used_minor IS DISTINCT FROM (
    SELECT sum(o.used_minor) FROM account x
    JOIN offline_allowance o ON o.account_id = x.id AND o.window_start = n.window_start
    WHERE x.owner = a.owner AND x.kind = 'CUSTOMER');

-- I27: what is counted as reversed of a transfer and of each leg is what its reversals moved back, and their number, and no more than it moved
SELECT t.id::text FROM transfer t
WHERE t.id IN (SELECT id FROM seen_transfer UNION SELECT reverses FROM seen_transfer)
  AND (t.reversed_minor + t.reversing_minor > t.captured_minor
    OR (t.reversed_minor, t.reversing_minor, t.reversal_count) <> (
      SELECT coalesce(sum(amount_minor) FILTER (WHERE status = 'POSTED'), 0),
        coalesce(sum(amount_minor) FILTER (WHERE status = 'PENDING'), 0),
        count(*) FILTER (WHERE status IN ('PENDING', 'POSTED'))
      FROM transfer r WHERE r.reverses = t.id AND NOT r.refused))
UNION ALL
SELECT l.transfer_id || ' leg ' || l.leg FROM transfer_leg l
WHERE l.transfer_id IN (SELECT id FROM seen_transfer UNION SELECT reverses FROM seen_transfer)
  AND (l.reversed_minor, l.reversing_minor) <> (
    SELECT coalesce(sum(b.amount_minor) FILTER (WHERE r.status = 'POSTED'), 0),
      coalesce(sum(b.amount_minor) FILTER (WHERE r.status = 'PENDING'), 0)
    FROM transfer r JOIN leg b ON b.transfer_id = r.id AND b.reverses_leg = l.leg
    WHERE r.reverses = l.transfer_id AND NOT r.refused)
UNION ALL
SELECT r.id::text FROM seen_transfer r JOIN transfer o ON o.id = r.reverses
WHERE EXISTS (SELECT reverses_leg, debit_account_id, credit_account_id FROM leg
      WHERE transfer_id = r.id
    EXCEPT SELECT leg, credit_account_id, debit_account_id FROM leg WHERE transfer_id = o.id)
  OR (r.status <> 'REJECTED' AND (r.currency <> o.currency OR o.reverses IS NOT NULL));

-- I28: what an account takes part in and may owe is what its changes made of it, one after the other
SELECT a.id::text FROM seen_account a
LEFT JOIN account_change c ON c.account_id = a.id AND c.number = a.change_count
WHERE (a.status, a.frozen_by_owner, a.frozen_by_operator, a.floor_minor) IS DISTINCT FROM
    (coalesce(c.status_after, 'OPEN'), coalesce(c.frozen_by_owner_after, 'NONE'),
      coalesce(c.frozen_by_operator_after, 'NONE'),
      CASE WHEN c.number IS NOT NULL THEN c.floor_after_minor WHEN a.kind = 'CUSTOMER' THEN 0 END)
  OR (c.number IS NULL AND a.change_count > 0)
UNION ALL
SELECT c.account_id || ' change ' || c.number FROM seen_change c
JOIN account a ON a.id = c.account_id
LEFT JOIN account_change p ON p.account_id = c.account_id AND p.number = c.number - 1
WHERE c.number > a.change_count OR (p.number IS NULL AND c.number > 1)
  OR (c.number > 0 AND (c.status_before, c.frozen_by_owner_before, c.frozen_by_operator_before,
      c.floor_before_minor) IS DISTINCT FROM
    (coalesce(p.status_after, 'OPEN'), coalesce(p.frozen_by_owner_after, 'NONE'),
      coalesce(p.frozen_by_operator_after, 'NONE'),
      CASE WHEN p.number IS NOT NULL THEN p.floor_after_minor WHEN a.kind = 'CUSTOMER' THEN 0 END));

-- I29: an account changes once per accepted command about it, and by nothing else
SELECT c.account_id || ' change ' || c.number FROM seen_change c
LEFT JOIN command m ON m.id = c.command_id
WHERE c.number > 0 AND (m.outcome, m.account_id) IS DISTINCT FROM ('ACCEPTED', c.account_id)
UNION ALL
SELECT m.id::text FROM seen_command m LEFT JOIN account_change c ON c.command_id = m.id
WHERE m.account_id IS NOT NULL AND m.outcome = 'ACCEPTED' AND c.command_id IS NULL;

-- I30: a transfer whose void was accepted is held for no capture and posts no more
SELECT t.id::text FROM seen_transfer t
WHERE t.status IN ('HELD', 'POSTED') AND (t.void_requested OR EXISTS (SELECT FROM command c
    WHERE c.transfer_id = t.id AND c.operation = 'void-transfer' AND c.outcome = 'ACCEPTED'));

-- I31: what an operator decided in time is carried out: an approved transfer does not expire unscreened, a rejected one never posts
SELECT t.id::text FROM seen_transfer t JOIN review_decision r ON r.transfer_id = t.id
WHERE r.decided_at < t.expires_at
  AND CASE r.decision WHEN 'APPROVE' THEN t.status = 'EXPIRED' AND t.screening = 'PENDING'
    ELSE t.status IN ('HELD', 'POSTED', 'EXPIRED') END;
