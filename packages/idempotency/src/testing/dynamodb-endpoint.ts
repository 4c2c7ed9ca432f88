import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { FakeTransactions } from "./fake-transactions.ts";

/** What a request meets instead of DynamoDB; `reply lost` after it was done. */
export type Interference =
  | "pass"
  | "request lost"
  | "reply lost"
  | "silence"
  | { status: number; body: object };

/** A request as the SDK has sent it. */
interface Sent {
  operation: string;
  body: Record<string, unknown>;
}

/**
 * dynalite, and before it a relay that records, loses and answers requests as it is told, and that plays TransactWriteItems,
 * which dynalite does not know (see `FakeTransactions`). Everything else is dynalite's answer.
 */
export async function startDynamoDb() {
  const emulator = dynalite({ createTableMs: 0 });
  const emulatorPort = await listen(emulator);
  const ask = (target: string, body: object) => forward(emulatorPort, target, JSON.stringify(body));
  const fake = new FakeTransactions(ask);
  const sent: Sent[] = [];
  const interferences: Interference[] = [];

  const relay = createServer((request, response) => void relayOne(request, response));
  const relayPort = await listen(relay);
  let tables = 0;
  return {
    /** For the SDK: to the relay. */
    config: configFor(relayPort),
    /** For the SDK: to dynalite, and to nothing of ours. */
    emulatorConfig: configFor(emulatorPort),
    /** The name of a table that is empty. */
    newTable: async () => {
      tables += 1;
      await createTable(configFor(emulatorPort), `payments-${tables}`);
      return `payments-${tables}`;
    },
    sent,
    /** The next requests meet these, in this order. */
    interfere: (...next: Interference[]) => void interferences.push(...next),
    async [Symbol.asyncDispose]() {
      await Promise.all([relay, emulator].map(stop));
    },
  };

  async function relayOne(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers["x-amz-target"]);
    const body = (await request.toArray()).join("");
    sent.push({ operation: target.split(".")[1]!, body: JSON.parse(body) as Sent["body"] });
    const interference = interferences.shift() ?? "pass";
    if (interference === "silence") {
      return;
    }
    if (interference === "request lost") {
      request.socket.destroy();
      return;
    }
    const answer =
      typeof interference === "object"
        ? { status: interference.status, text: JSON.stringify(interference.body) }
        : await (target.endsWith(".TransactWriteItems")
            ? fake.transactWriteItems(JSON.parse(body))
            : fake.alone(() => forward(emulatorPort, target, body)));
    if (interference === "reply lost") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(answer.text);
  }
}

async function createTable(config: DynamoDBClientConfig, table: string): Promise<void> {
  const client = new DynamoDBClient(config);
  await client.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  client.destroy();
}

/** Credentials of nobody: an emulator asks only that there are some. */
function configFor(port: number): DynamoDBClientConfig {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "nobody", secretAccessKey: "nobody" },
  };
}

async function forward(
  port: number,
  target: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const reply = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": target,
      "x-amz-date": "20260101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
  });
  return { status: reply.status, text: await reply.text() };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
