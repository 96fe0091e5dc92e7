/// The demo's accounts, in the `demo` profile only.
@NullMarked
package dev.payledger.ledger.demo;

import org.jspecify.annotations.NullMarked;
