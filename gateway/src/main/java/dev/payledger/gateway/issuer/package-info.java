/// The demo authorization server (profile `demo` only): four clients, and signing keys that are kept
/// sealed in the database and rotated. A real issuer replaces it with two properties. Read `IssuerConfiguration`
/// first, then `RotationRun`.
@NullMarked
package dev.payledger.gateway.issuer;

import org.jspecify.annotations.NullMarked;
