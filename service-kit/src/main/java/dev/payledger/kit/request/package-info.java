/// What every request passes before a controller: a query that can be parsed and has declared
/// parameters only, and a body that is JSON. Read `RequestHeadFilter` first. Uses `problem`. A service
/// imports `RequestHeadFilter` and `DeclaredParameters`.
@NullMarked
package dev.payledger.kit.request;

import org.jspecify.annotations.NullMarked;
