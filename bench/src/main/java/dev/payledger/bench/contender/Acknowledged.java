package dev.payledger.bench.contender;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Commands that a ledger with our tables has said yes to.
public final class Acknowledged {
  public final LongAdder holds = new LongAdder();
  public final LongAdder posts = new LongAdder();

  Map<String, Long> rows() {
    Map<String, Long> rows = new LinkedHashMap<>();
    rows.put("command", holds.sum());
    rows.put("transfer", holds.sum());
    rows.put("transfer WHERE status = 'POSTED'", posts.sum());
    rows.put("hold WHERE status = 'CAPTURED'", posts.sum());
    rows.put("saga WHERE step = 'DONE'", posts.sum());
    rows.put("journal_entry", posts.sum());
    rows.put("account_line", 2 * posts.sum());
    rows.put("outbox", holds.sum() + 3 * posts.sum());
    return rows;
  }
}
