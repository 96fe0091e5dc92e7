/// The pure planner: decides a batch of commands in memory, from the rows that are locked and one
/// instant. No clock, no I/O, no Spring. Read `BatchPlan` first, then `SagaPlan`, `ChangePlan` and
/// `AccountPlan`, which work on the `BatchState`, and the rules of `TransferPlan`. Uses `command`,
/// `money` and `contracts`.
@NullMarked
package dev.payledger.ledger.plan;

import org.jspecify.annotations.NullMarked;
