/// Amounts, legs and the closed list of rejections: values that cannot be wrong. Read `Money` and
/// `RejectionReason` first. Uses no other package of the ledger.
@NullMarked
package dev.payledger.ledger.money;

import org.jspecify.annotations.NullMarked;
