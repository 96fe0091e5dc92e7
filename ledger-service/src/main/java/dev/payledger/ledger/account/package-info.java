/// Accounts: opening (through the journal), administration and queries (Spring Data JPA). The entity
/// reads the money columns and cannot write them. Read `Account` first.
@NullMarked
package dev.payledger.ledger.account;

import org.jspecify.annotations.NullMarked;
