// What a caller does with the generated client: pays, pays again under the same key, is rejected, holds
// and captures, and reads its feed. GeneratedClientsIT compiles and runs it.
import { AccountsApi, Configuration, Problem, ResponseError, Transfer, TransfersApi } from './client';

declare const process: { env: Record<string, string>; exitCode: number };

const { GATEWAY, TOKEN, ALICE, BOB } = process.env;
const configuration = new Configuration({ basePath: GATEWAY, accessToken: `Bearer ${TOKEN}` });
const transfers = new TransfersApi(configuration);
const accounts = new AccountsApi(configuration);

function check(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(`${what}: ${actual} and not ${expected}`);
  }
}

function payment(amountMinor: number, capture?: 'MANUAL') {
  return { debitAccountId: ALICE, creditAccountId: BOB, amountMinor, currency: 'EUR', capture };
}

async function create(idempotencyKey: string, amountMinor: number, capture?: 'MANUAL') {
  return transfers.createTransferRaw({
    idempotencyKey,
    transferRequest: payment(amountMinor, capture),
  });
}

async function journey(): Promise<void> {
  const key = crypto.randomUUID();
  const tried = await transfers.tryTransfer({ transferRequest: payment(7_000) });
  check('dry run', tried.amountMinor, 7_000);

  const created = await create(key, 7_000);
  const posted: Transfer = await created.value();
  check('status', created.raw.status, 201);
  check('transfer', posted.status, 'POSTED');
  check('amount', posted.amountMinor, 7_000);

  const account = await accounts.getAccount({ id: ALICE });
  check('balance', account.balanceMinor, 5_999_993_000);

  const again = await create(key, 7_000);
  check('replayed', again.raw.headers.get('Idempotency-Replayed'), 'true');
  check('the same transfer', (await again.value()).id, posted.id);

  const rejected = await create(crypto.randomUUID(), 6_000_000_000).then(
    () => null,
    (error: ResponseError) => error.response,
  );
  check('rejected', rejected?.status, 422);
  const problem = (await rejected!.json()) as Problem;
  check('code', problem.code, 'insufficient-funds');

  const held = await (await create(crypto.randomUUID(), 5_000, 'MANUAL')).value();
  check('held', held.status, 'HELD');
  const captured = await transfers.captureTransfer({
    id: held.id,
    idempotencyKey: crypto.randomUUID(),
    captureRequest: { amountMinor: 2_000, _final: true },
  });
  check('captured', captured.capturedMinor, 2_000);

  const deadline = Date.now() + 20_000;
  let feed = await accounts.readFeed({ id: ALICE });
  while (feed.items.length < 3 && Date.now() < deadline) {
    feed = await accounts.readFeed({ id: ALICE });
  }
  check('items', feed.items.length, 3);
  check('of the transfer', feed.items[1].transferId, posted.id);
  check('of the capture', feed.items[2].amountMinor, 2_000);
  console.log('journey done');
}

journey().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
