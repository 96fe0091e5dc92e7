/// Who are you, and may you: the OAuth2 resource server. Read `AccessConfiguration` first.
@NullMarked
package dev.payledger.gateway.access;

import org.jspecify.annotations.NullMarked;
