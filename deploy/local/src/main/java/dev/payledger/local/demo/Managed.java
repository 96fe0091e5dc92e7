package dev.payledger.local.demo;

/// What a service answered at its management port.
record Managed(int status, String body) {}
