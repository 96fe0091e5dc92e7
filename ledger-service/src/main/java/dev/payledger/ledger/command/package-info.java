/// What callers can ask of the journal, and how a command is recognised when it comes again: commands,
/// fingerprints, derived ids, the steps of the saga. Read `JournalCommand` first. Uses `money` only.
@NullMarked
package dev.payledger.ledger.command;

import org.jspecify.annotations.NullMarked;
