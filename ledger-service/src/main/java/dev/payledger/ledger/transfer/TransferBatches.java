package dev.payledger.ledger.transfer;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.DerivedId;
import dev.payledger.ledger.command.JournalCommand.OpenBatch;
import dev.payledger.ledger.command.JournalCommand.OpenOutcome;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.transfer.TransferBatchView.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.stereotype.Component;

/// Takes many transfers in one request. What its items are is recorded first, under the request's id: of two
/// batches under one id only one is ever done. Each item is a command of its own, with an id derived
/// from the request's, and ends as if it had been asked for by itself; the journal lets them share
/// transactions.
@Component
class TransferBatches {
  /// Items of one batch that are under way at once. Fraud screening bounds how many it takes, and one
  /// batch must leave room for others.
  private static final int AT_ONCE = 8;

  private final TransferIntake intake;
  private final TransferViews views;
  private final Journal journal;

  TransferBatches(TransferIntake intake, TransferViews views, Journal journal) {
    this.intake = intake;
    this.views = views;
    this.journal = journal;
  }

  TransferBatchView create(
      UUID commandId,
      TransferBatchRequest batch,
      Caller caller,
      Traceparent trace,
      Deadline deadline) {
    OpenBatch command = new OpenBatch(commandId, batch.fingerprint(caller.subject()));
    if (journal.submit(command, deadline.remaining()) instanceof OpenOutcome.IdReused) {
      throw TransferIntake.idReused();
    }
    List<Future<Item>> running = new ArrayList<>();
    try (ExecutorService workers =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("batch-", 0).factory())) {
      for (int i = 0; i < batch.items().size(); i++) {
        UUID id = DerivedId.of(commandId, "batch-item", i + 1L);
        TransferRequest item = batch.items().get(i);
        running.add(workers.submit(() -> one(id, item, caller, trace, deadline)));
      }
    }
    return new TransferBatchView(running.stream().map(TransferBatches::ended).toList());
  }

  private Item one(
      UUID id, TransferRequest item, Caller caller, Traceparent trace, Deadline deadline) {
    try (var _ = trace.inLog()) {
      Transfer transfer = intake.create(id, item, caller, trace, deadline);
      return new Item(
          TransferController.created(transfer).value(), views.of(transfer, caller), null);
    } catch (RuntimeException e) {
      Problem problem = LedgerProblems.of(e);
      return new Item(problem.code().status(), null, problem.body(trace.traceId()));
    }
  }

  private static Item ended(Future<Item> item) {
    try {
      return item.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted after every item had ended", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
