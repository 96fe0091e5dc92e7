/// Many callers at the same time: what one of them does, or a slow service, harms no other. Most of
/// these tests measure. Read `StackOverloadIT` first.
///
/// Uses the package above.
@NullMarked
package dev.payledger.system.load;

import org.jspecify.annotations.NullMarked;
