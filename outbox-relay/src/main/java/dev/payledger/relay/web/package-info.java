/// How the relay's port answers: there is nothing, as an RFC 9457 problem. Read
/// `NothingServedFilter` first.
@NullMarked
package dev.payledger.relay.web;

import org.jspecify.annotations.NullMarked;
