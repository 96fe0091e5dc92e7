/// Answers every request at the relay's port with an RFC 9457 problem: the relay serves nothing. Read
/// `NothingServedFilter` first.
@NullMarked
package dev.payledger.relay.web;

import org.jspecify.annotations.NullMarked;
