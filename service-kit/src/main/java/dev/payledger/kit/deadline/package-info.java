/// How long a caller still waits: the header `Request-Timeout-Ms`, and the deadline that starts with
/// it. Read `Deadline` first. Uses `problem`. A service has one `DeadlineInterceptor`.
@NullMarked
package dev.payledger.kit.deadline;

import org.jspecify.annotations.NullMarked;
