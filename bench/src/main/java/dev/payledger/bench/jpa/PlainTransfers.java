package dev.payledger.bench.jpa;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

interface PlainTransfers extends JpaRepository<PlainTransfer, UUID> {}
