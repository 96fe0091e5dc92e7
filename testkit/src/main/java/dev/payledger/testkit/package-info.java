/// What every module's tests use: real servers started once per module (embedded or in containers),
/// a clock that tests set, printed seeds, an issuer of tokens, and hostile requests. Read
/// `Postgres` first.
///
/// Uses the module `stack`. Test scope only.
@NullMarked
package dev.payledger.testkit;

import org.jspecify.annotations.NullMarked;
