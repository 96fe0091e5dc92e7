package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts;
import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.contender.BareLoopContender;
import dev.payledger.bench.contender.Contender;
import dev.payledger.bench.contender.Contender.Callers;
import dev.payledger.bench.contender.JournalContender;
import dev.payledger.bench.contender.PeerSqlContender;
import dev.payledger.bench.contender.RawSqlContender;
import dev.payledger.bench.jpa.JpaContender;
import dev.payledger.bench.load.Load;
import dev.payledger.bench.load.Sample;
import dev.payledger.bench.server.BenchServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is measured how. All contenders take their turn in each round, so that whatever else the
/// machine does hits all of them alike; the first round is not counted, it warms them up.
final class Contest implements AutoCloseable {
  static final String JOURNAL = "journal";
  static final String JOURNAL_POST_ONLY = "journal, post only";
  static final String JOURNAL_TWO_INSTANCES = "journal, two instances";
  static final String JOURNAL_FRESH = "journal, fresh";
  static final String JOURNAL_GROWN = "journal, grown";
  static final String RAW_SQL = "raw SQL";
  static final String BARE_LOOP = "bare loop";
  static final String JPA = "Spring Data JPA";
  static final String PEER = "peer";

  private static final Logger log = LoggerFactory.getLogger(Contest.class);
  private static final int GROWN_ROUNDS = 5;
  private static final List<Integer> JPA_CONNECTIONS = List.of(4, 8, 16);

  private final BenchServer server;
  private final BenchOptions.Size size;
  private final Accounts accounts;
  private final JournalContender journal;
  private final int growTo;
  private final Map<String, Contender> contenders = new LinkedHashMap<>();
  private final List<Cell> cells = new ArrayList<>();

  Contest(BenchServer server, BenchOptions options) throws Exception {
    this.server = server;
    this.size = options.size();
    this.growTo = options.growTo();
    this.accounts = Accounts.numbered(size.accounts());
    server.prepareLedger(accounts.ids(), Accounts.CURRENCY, Accounts.FLOOR_MINOR);

    server.createLedger("journal");
    this.journal = new JournalContender(server, "journal", accounts, 1);
    contenders.put(JOURNAL, journal);
    for (Spread spread : Spread.values()) {
      for (int callers : crowds()) {
        add(JOURNAL, spread, callers, journal);
      }
      int crowd = size.callersMax();
      cells.add(
          new Cell(
              JOURNAL_POST_ONLY,
              spread,
              crowd,
              () -> journal.posters(spread, crowd, size.slice())));
    }

    server.createLedger("journal_two");
    JournalContender two = new JournalContender(server, "journal_two", accounts, 2);
    contenders.put(JOURNAL_TWO_INSTANCES, two);
    add(JOURNAL_TWO_INSTANCES, Spread.HOT, size.callersMax(), two);

    server.createLedger("raw");
    RawSqlContender raw = new RawSqlContender(server, "raw", accounts);
    contenders.put(RAW_SQL, raw);
    add(RAW_SQL, Spread.UNIFORM, 1, raw);
    addAll(RAW_SQL, size.connections(), raw);

    server.createLedger("bare");
    BareLoopContender bare = new BareLoopContender(server, "bare", accounts);
    contenders.put(BARE_LOOP, bare);
    addAll(BARE_LOOP, size.batches(), bare);

    server.createEmpty("jpa");
    JpaContender jpa = new JpaContender(server, "jpa", accounts, JPA_CONNECTIONS.getLast());
    contenders.put(JPA, jpa);
    addAll(JPA, JPA_CONNECTIONS, jpa);

    Path peerSql = options.peerSql();
    if (peerSql != null) {
      server.createEmpty("peer");
      PeerSqlContender peer = new PeerSqlContender(server, "peer", accounts, peerSql);
      contenders.put(PEER, peer);
      addAll(PEER, size.connections(), peer);
    }
  }

  /// Rows that were there before the first command.
  long before(String contender, String rows) {
    return growTo > 0 && contender.equals(JOURNAL_GROWN)
        ? rows.equals("account_line") ? 2L * growTo : rows.equals("outbox") ? 0 : growTo
        : 0;
  }

  /// Measures everything.
  void run() throws Exception {
    JournalContender grown = growTo > 0 ? grown() : null;
    rounds();
    openLoops();
    if (grown != null) {
      grownRounds(grown);
    }
  }

  private void rounds() throws Exception {
    for (int round = 0; round <= size.rounds(); round++) {
      boolean isWarmUp = round == 0;
      log.info(isWarmUp ? "warming up" : "round {} of {}", round, size.rounds());
      for (Cell cell : cells) {
        Sample sample = closedLoop(cell, isWarmUp ? size.slice().dividedBy(2) : size.slice());
        if (!isWarmUp) {
          cell.closedLoop().add(sample);
        }
      }
    }
  }

  private void openLoops() throws Exception {
    log.info("open loops");
    // The same load for both of a pair whose times are compared.
    Cell one = cell(JOURNAL, Spread.UNIFORM, 1);
    Cell rawOne = cell(RAW_SQL, Spread.UNIFORM, 1);
    double halfOfSlower = Math.min(one.perSecond(), rawOne.perSecond()) / 2;
    for (int round = 0; round < 2; round++) {
      openLoop(one, halfOfSlower);
      openLoop(rawOne, halfOfSlower);
      for (Spread spread : Spread.values()) {
        Cell crowd = cell(JOURNAL, spread, size.callersMax());
        openLoop(crowd, crowd.perSecond() / 2);
        Cell raw = best(RAW_SQL, spread);
        openLoop(raw, raw.perSecond() / 2);
      }
    }
  }

  private JournalContender grown() throws Exception {
    log.info("growing a ledger to {} entries", growTo);
    server.createLedger("journal_grown");
    Growth.grow(server, "journal_grown", accounts, growTo);
    JournalContender grown = new JournalContender(server, "journal_grown", accounts, 1);
    contenders.put(JOURNAL_GROWN, grown);
    log.info("grown");
    return grown;
  }

  /// By themselves and longer than the others, over a whole checkpoint interval: after a checkpoint
  /// each page is logged whole when it is touched for the first time, and a grown ledger has many pages.
  private void grownRounds(JournalContender grown) throws Exception {
    int crowd = size.callersMax();
    Cell freshCell =
        new Cell(
            JOURNAL_FRESH, Spread.UNIFORM, crowd, () -> journal.callers(Spread.UNIFORM, crowd));
    Cell grownCell =
        new Cell(JOURNAL_GROWN, Spread.UNIFORM, crowd, () -> grown.callers(Spread.UNIFORM, crowd));
    cells.add(freshCell);
    cells.add(grownCell);
    server.superuser("postgres", "CHECKPOINT");
    for (int round = 1; round <= GROWN_ROUNDS; round++) {
      for (Cell cell : List.of(freshCell, grownCell)) {
        long before = server.walBytes();
        boolean isGrown = cell == grownCell;
        Sample sample = closedLoop(cell, isGrown ? size.grownSlice() : size.freshSlice());
        cell.closedLoop().add(sample);
        log.info(
            "{}: {} transfers/s, {} bytes of WAL each",
            cell.contender(),
            Math.round(sample.perSecond()),
            (server.walBytes() - before) / Math.max(1, sample.transfers()));
      }
    }
  }

  private static Sample closedLoop(Cell cell, Duration slice) throws Exception {
    try (Callers callers = cell.open()) {
      return Load.closedLoop(callers.steps(), slice);
    }
  }

  private void openLoop(Cell cell, double perSecond) throws Exception {
    try (Callers callers = cell.open()) {
      cell.openLoop().add(Load.openLoop(callers.steps(), perSecond, size.openSlice()));
    }
  }

  List<Cell> cells() {
    return cells;
  }

  Map<String, Contender> contenders() {
    return contenders;
  }

  Cell cell(String contender, Spread spread, int count) {
    return cells.stream()
        .filter(c -> c.contender().equals(contender) && c.spread() == spread && c.count() == count)
        .findFirst()
        .orElseThrow();
  }

  /// The fastest of a contender's counts; null when the contender is not in this run.
  @Nullable Cell bestOrNull(String contender, Spread spread) {
    return cells.stream()
        .filter(c -> c.contender().equals(contender) && c.spread() == spread)
        .max(java.util.Comparator.comparingDouble(Cell::perSecond))
        .orElse(null);
  }

  Cell best(String contender, Spread spread) {
    Cell best = bestOrNull(contender, spread);
    if (best == null) {
      throw new IllegalArgumentException(contender + " is not in this run");
    }
    return best;
  }

  int crowd() {
    return size.callersMax();
  }

  @Override
  public void close() {
    contenders.values().forEach(Contender::close);
  }

  private List<Integer> crowds() {
    return List.of(1, 16, size.callersMax());
  }

  private void addAll(String name, List<Integer> counts, Contender contender) {
    for (Spread spread : Spread.values()) {
      counts.forEach(count -> add(name, spread, count, contender));
    }
  }

  private void add(String name, Spread spread, int count, Contender contender) {
    cells.add(new Cell(name, spread, count, () -> contender.callers(spread, count)));
  }
}
