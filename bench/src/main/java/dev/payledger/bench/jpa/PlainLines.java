package dev.payledger.bench.jpa;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

interface PlainLines extends JpaRepository<PlainLine, UUID> {}
