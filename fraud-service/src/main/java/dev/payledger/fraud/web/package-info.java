/// What every request of this service passes: strict and bounded JSON, a deadline, a trace id, and
/// RFC 9457 problems for whatever goes wrong. Read `HttpProblems` first. Knows no feature.
@NullMarked
package dev.payledger.fraud.web;

import org.jspecify.annotations.NullMarked;
