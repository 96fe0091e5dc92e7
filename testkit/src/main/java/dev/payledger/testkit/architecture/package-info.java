/// The architecture rules, which each module checks on its main classes. Read `ArchitectureRules`
/// first.
///
/// Uses no other package of Payledger. Test scope only.
@NullMarked
package dev.payledger.testkit.architecture;

import org.jspecify.annotations.NullMarked;
