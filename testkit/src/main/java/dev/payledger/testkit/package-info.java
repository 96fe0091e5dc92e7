/// What every module's tests stand on: real servers started once per module (embedded or in
/// containers), a clock that tests set, printed seeds, an issuer of tokens, and the rules of the house as ArchUnit checks. Test scope only.
@NullMarked
package dev.payledger.testkit;

import org.jspecify.annotations.NullMarked;
