/// What every request of this service passes: a trace id, a deadline, exact ids, and RFC 9457
/// problems for whatever goes wrong. Read `HttpProblems` first. Knows no feature.
@NullMarked
package dev.payledger.notify.web;

import org.jspecify.annotations.NullMarked;
