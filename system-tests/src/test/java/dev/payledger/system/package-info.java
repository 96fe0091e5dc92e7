/// The stack as real processes, broken on purpose. Each test is a guarantee with the fault that
/// would break it; after each the ledger's own checks run. Read `HappyPathIT` first, then the others
/// in any order; `Stack` holds what they share.
package dev.payledger.system;
