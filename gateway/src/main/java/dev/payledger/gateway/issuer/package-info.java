/// The demo authorization server (profile `demo` only): four clients, one signing key kept in the
/// database. A real issuer replaces it with two properties. Read `IssuerConfiguration` first.
@NullMarked
package dev.payledger.gateway.issuer;

import org.jspecify.annotations.NullMarked;
