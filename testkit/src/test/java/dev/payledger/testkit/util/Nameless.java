package dev.payledger.testkit.util;

/// Lives in a package that says nothing.
public final class Nameless {}
