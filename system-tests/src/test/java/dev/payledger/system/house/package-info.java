/// The repository against itself: documents, generated pages, the compose file, jars and
/// architecture. Read `DocsTest` first.
///
/// Uses the package above for the documented calls.
@NullMarked
package dev.payledger.system.house;

import org.jspecify.annotations.NullMarked;
