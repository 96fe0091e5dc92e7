/// What guards a service's management port: requests must name an allowed host, and those that change
/// something need a credential. Read `ManagementFilter` first. Knows no endpoint and no service.
@NullMarked
package dev.payledger.kit.management;

import org.jspecify.annotations.NullMarked;
