/// How a service answers errors: stable codes (`ErrorCode`), RFC 9457 documents (`Problem`), and one
/// writer of them for filters, controllers and the servlet container. Read `Problem` first. Uses
/// `trace`. A service imports `ProblemHandler` and `ContainerErrors`.
@NullMarked
package dev.payledger.kit.problem;

import org.jspecify.annotations.NullMarked;
