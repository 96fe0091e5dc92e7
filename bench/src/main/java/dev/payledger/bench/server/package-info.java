/// The one database server of a run. Read `BenchServer`.
@NullMarked
package dev.payledger.bench.server;

import org.jspecify.annotations.NullMarked;
