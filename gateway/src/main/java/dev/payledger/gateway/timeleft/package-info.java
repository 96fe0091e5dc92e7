/// How long a request may still take, from the front door to the last service. Read `TimeLeft` first.
@NullMarked
package dev.payledger.gateway.timeleft;

import org.jspecify.annotations.NullMarked;
