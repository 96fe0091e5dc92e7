/// Signed page cursors: a caller can only send back a position that it was given. Read `PageCursors`.
/// Uses `problem`.
@NullMarked
package dev.payledger.kit.page;

import org.jspecify.annotations.NullMarked;
