/// Tests that several services run on code or ports of their own, as abstract classes. Read
/// `ManagementPortContract` first.
///
/// Uses the package above. Test scope only.
@NullMarked
package dev.payledger.testkit.contract;

import org.jspecify.annotations.NullMarked;
