/// One transfer per key and right books after processes end, freeze or lose their network. Read
/// `KilledServicesIT` first, then `CrashMatrixIT`.
///
/// Uses the package above, and the module `failpoints`.
@NullMarked
package dev.payledger.system.crash;

import org.jspecify.annotations.NullMarked;
