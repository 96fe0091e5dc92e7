/// Group commit: many callers' commands share one database transaction. Read `GroupCommit` first, then
/// `CommitOutcome` (how an attempt can end). A service constructs a `GroupCommit` with the function that
/// runs one transaction; that function owns the connection and the SQL. Uses `retry`.
@NullMarked
package dev.payledger.kit.groupcommit;

import org.jspecify.annotations.NullMarked;
