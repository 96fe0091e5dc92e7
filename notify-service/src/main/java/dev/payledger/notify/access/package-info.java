/// Who may call: a resource server that trusts one issuer's RS256 tokens for the audience
/// `payledger-notify`. Read `AccessRules` first. Ownership is decided by the feature, not here.
@NullMarked
package dev.payledger.notify.access;

import org.jspecify.annotations.NullMarked;
