package dev.payledger.bench.jpa;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// One request, one transaction, READ COMMITTED, both accounts locked for update in the order of their
/// ids: what a careful team writes first. It moves money and writes a transfer with two lines. It has
/// no hold, no saga, no fingerprint, no event: less than the journal does.
@Service
class PlainLedger {
  private final PlainAccounts accounts;
  private final PlainTransfers transfers;
  private final PlainLines lines;
  private final Clock clock;

  PlainLedger(PlainAccounts accounts, PlainTransfers transfers, PlainLines lines, Clock clock) {
    this.accounts = accounts;
    this.transfers = transfers;
    this.lines = lines;
    this.clock = clock;
  }

  @Transactional
  void open(List<UUID> ids, long floorMinor) {
    accounts.saveAll(ids.stream().map(id -> new PlainAccount(id, floorMinor)).toList());
  }

  @Transactional
  void transfer(UUID id, UUID debitId, UUID creditId, long amountMinor) {
    if (transfers.existsById(id)) {
      return;
    }
    Map<UUID, PlainAccount> locked =
        accounts.lock(List.of(debitId, creditId)).stream()
            .collect(Collectors.toMap(PlainAccount::id, Function.identity()));
    PlainAccount debit = account(locked, debitId);
    PlainAccount credit = account(locked, creditId);
    debit.debit(amountMinor);
    credit.credit(amountMinor);
    transfers.save(new PlainTransfer(id, debitId, creditId, amountMinor, clock.instant()));
    lines.save(new PlainLine(UUID.randomUUID(), id, debit, -amountMinor));
    lines.save(new PlainLine(UUID.randomUUID(), id, credit, amountMinor));
  }

  private static PlainAccount account(Map<UUID, PlainAccount> locked, UUID id) {
    PlainAccount account = locked.get(id);
    if (account == null) {
      throw new IllegalArgumentException("no account " + id);
    }
    return account;
  }
}
