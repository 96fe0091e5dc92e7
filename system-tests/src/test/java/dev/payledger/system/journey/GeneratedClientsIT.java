package dev.payledger.system.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.payledger.client.ApiClient;
import dev.payledger.client.ApiException;
import dev.payledger.client.ApiResponse;
import dev.payledger.client.api.AccountsApi;
import dev.payledger.client.api.TransfersApi;
import dev.payledger.client.model.CaptureRequest;
import dev.payledger.client.model.FeedItem;
import dev.payledger.client.model.PlainTransferRequest;
import dev.payledger.client.model.PlainTransferRequest.CaptureEnum;
import dev.payledger.client.model.Problem;
import dev.payledger.client.model.ProblemCode;
import dev.payledger.client.model.Transfer;
import dev.payledger.client.model.TransferRequest;
import dev.payledger.client.model.TransferStatus;
import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients that openapi-generator makes of `openapi.yaml`, used as a caller
/// would: pays, pays again under the same key, is rejected, holds and captures, reads its feed. The
/// balance needs more than 32 bits.
class GeneratedClientsIT extends Stack {
  private static final long MONEY_MINOR = 6_000_000_000L;
  private static final long AMOUNT_MINOR = 7_000;
  private static final Path TYPESCRIPT = Path.of("target", "typescript");

  private UUID alice;
  private UUID bob;

  @BeforeEach
  void accounts() {
    alice = UUID.fromString(account("alice", MONEY_MINOR));
    bob = UUID.fromString(account("bob", 0));
  }

  @Test
  void javaClientMovesMoneyAndReadsTheFeed() throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(stack().url(Service.GATEWAY).toString());
    client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + token("alice")));
    TransfersApi transfers = new TransfersApi(client);
    AccountsApi accounts = new AccountsApi(client);
    TransferRequest payment = new TransferRequest(payment(AMOUNT_MINOR));
    String key = key();

    assertThat(transfers.dryRunTransfer(payment).getAmountMinor()).isEqualTo(AMOUNT_MINOR);
    ApiResponse<Transfer> created = transfers.createTransferWithHttpInfo(key, payment);
    assertThat(created.getStatusCode()).isEqualTo(201);
    Transfer posted = created.getData();
    assertThat(posted.getStatus()).isEqualTo(TransferStatus.POSTED);
    assertThat(posted.getAmountMinor()).isEqualTo(AMOUNT_MINOR);
    assertThat(accounts.getAccount(alice).getBalanceMinor()).isEqualTo(MONEY_MINOR - AMOUNT_MINOR);

    ApiResponse<Transfer> again = transfers.createTransferWithHttpInfo(key, payment);
    assertThat(again.getHeaders().get("idempotency-replayed")).containsExactly("true");
    assertThat(again.getData()).isEqualTo(posted);

    TransferRequest tooMuch = new TransferRequest(payment(MONEY_MINOR));
    ApiException rejected =
        catchThrowableOfType(ApiException.class, () -> transfers.createTransfer(key(), tooMuch));
    assertThat(rejected.getCode()).isEqualTo(422);
    assertThat(
            ApiClient.createDefaultObjectMapper()
                .readValue(rejected.getResponseBody(), Problem.class)
                .getCode())
        .isEqualTo(ProblemCode.INSUFFICIENT_FUNDS);

    Transfer held =
        transfers.createTransfer(
            key(), new TransferRequest(payment(5_000).capture(CaptureEnum.MANUAL)));
    assertThat(held.getStatus()).isEqualTo(TransferStatus.HELD);
    CaptureRequest part = new CaptureRequest().amountMinor(2_000L)._final(true);
    assertThat(transfers.dryRunCapture(held.getId(), part).getAmountMinor()).isEqualTo(2_000);
    Transfer captured = transfers.captureTransfer(key(), held.getId(), part);
    assertThat(captured.getStatus()).isEqualTo(TransferStatus.POSTED);
    assertThat(captured.getCapturedMinor()).isEqualTo(2_000);

    await().atMost(SOON).until(() -> accounts.readFeed(alice, null, null).getItems().size() == 3);
    assertThat(accounts.readFeed(alice, null, null).getKnown()).isTrue();
    List<FeedItem> feed = accounts.readFeed(alice, null, null).getItems();
    assertThat(feed.get(1).getTransferId()).isEqualTo(posted.getId());
    assertThat(feed.get(2).getAmountMinor()).isEqualTo(2_000);
  }

  private PlainTransferRequest payment(long amountMinor) {
    return new PlainTransferRequest()
        .debitAccountId(alice)
        .creditAccountId(bob)
        .amountMinor(amountMinor)
        .currency("EUR");
  }

  /// Needs Node.js and a registry with its compiler: what the two commands do not ask of a machine.
  @Test
  void typescriptClientMovesMoneyAndReadsTheFeed() throws Exception {
    copy(Path.of("src", "test", "typescript"), TYPESCRIPT);
    copy(Path.of("..", "generated-clients", "target", "typescript"), TYPESCRIPT.resolve("client"));
    if (run(
                List.of(
                    "node",
                    "-e",
                    "process.exitCode = process.versions.node.split('.')[0] < 20 ? 1 : 0"))
            != 0
        || run(List.of("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")) != 0) {
      String reason =
          "SKIPPED the TypeScript client: there is no Node.js 20 with npm, or it reaches no registry: "
              + Files.readString(log());
      System.out.println(reason);
      abort(reason);
    }
    assertThat(run(List.of("node_modules/.bin/tsc"))).as(Files.readString(log())).isZero();
    assertThat(run(List.of("node", "out/journey.js"))).as(Files.readString(log())).isZero();
    assertThat(Files.readString(log())).contains("journey done");
  }

  private static Path log() {
    return TYPESCRIPT.resolve("log");
  }

  private int run(List<String> command) throws InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(TYPESCRIPT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "GATEWAY", stack().url(Service.GATEWAY).toString(),
                "TOKEN", token("alice"),
                "ALICE", alice.toString(),
                "BOB", bob.toString()));
    try {
      Process process = builder.start();
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (IOException e) {
      return -1;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
