/// Accounts: opening and administration (through the journal), queries (Spring Data JPA). The entity
/// only reads. Read `AccountAdministration` first.
@NullMarked
package dev.payledger.ledger.account;

import org.jspecify.annotations.NullMarked;
