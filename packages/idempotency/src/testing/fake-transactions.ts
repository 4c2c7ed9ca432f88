type Reply = { status: number; text: string };
type Entry = Record<"Put" | "Update" | "Delete", { Item?: Item; Key?: Item; TableName: string } | undefined>;
type Item = Record<string, unknown>;

const PREFIX = "DynamoDB_20120810.";
const ERRORS = "com.amazonaws.dynamodb.v20120810#";

/**
 * A fake: TransactWriteItems as AWS documents it (API Reference), over an emulator without it. Whether a condition holds, and
 * what an update does, is the emulator's answer to the same expression in a PutItem, UpdateItem or DeleteItem. Ours is what
 * makes it a transaction: one at a time, undone if an entry is refused, a reason by position, the token. It cannot show what
 * only DynamoDB does: conflicts with others, how long they last, throttling, 10 minutes.
 */
export class FakeTransactions {
  readonly #ask: (target: string, body: object) => Promise<Reply>;
  readonly #tokens = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ask: (target: string, body: object) => Promise<Reply>) {
    this.#ask = ask;
  }

  /** Runs `action` when all that came before it has ended. */
  alone<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }

  transactWriteItems(input: { TransactItems: Entry[]; ClientRequestToken?: string }): Promise<Reply> {
    return this.alone(async () => {
      const { TransactItems: entries, ClientRequestToken: token = "" } = input;
      const parameters = JSON.stringify(entries);
      const before = this.#tokens.get(token);
      if (before !== undefined) {
        return before === parameters ? reply(200, {}) : error("IdempotentParameterMismatchException", {});
      }
      const rows = entries.map(rowOf);
      if (new Set(rows.map((row) => JSON.stringify(row))).size < rows.length) {
        return error("ValidationException", {
          message: "Transaction request cannot include multiple operations on one item",
        });
      }
      const cancelled = await this.#tryAll(entries, rows);
      if (cancelled) {
        return cancelled;
      }
      this.#tokens.set(token, parameters);
      return reply(200, {});
    });
  }

  async #tryAll(entries: Entry[], rows: { TableName: string; Key: Item }[]): Promise<Reply | undefined> {
    const old = await Promise.all(rows.map((row) => this.#ask(`${PREFIX}GetItem`, row)));
    const answers: Reply[] = [];
    for (const { Put, Update, Delete } of entries) {
      const operation = Put ? "PutItem" : Update ? "UpdateItem" : "DeleteItem";
      answers.push(await this.#ask(PREFIX + operation, (Put ?? Update ?? Delete)!));
    }
    const reasons = answers.map(reasonOf);
    if (reasons.every(({ Code }) => Code === "None")) {
      return undefined;
    }
    for (const [index, { TableName, Key }] of rows.entries()) {
      const { Item } = JSON.parse(old[index]!.text) as { Item?: Item };
      await (Item
        ? this.#ask(`${PREFIX}PutItem`, { TableName, Item })
        : this.#ask(`${PREFIX}DeleteItem`, { TableName, Key }));
    }
    const codes = reasons.map(({ Code }) => Code).join(", ");
    return error("TransactionCanceledException", {
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      CancellationReasons: reasons,
    });
  }
}

function rowOf({ Put, Update, Delete }: Entry): { TableName: string; Key: Item } {
  const { TableName, Key, Item } = (Put ?? Update ?? Delete)!;
  return { TableName, Key: Key ?? { pk: Item?.["pk"] } };
}

function reasonOf({ status, text }: Reply): { Code: string; Message?: string } {
  if (status === 200) {
    return { Code: "None" };
  }
  const { __type = "", message = "" } = JSON.parse(text) as { __type?: string; message?: string };
  const code = __type.includes("ConditionalCheckFailed") ? "ConditionalCheckFailed" : "ValidationError";
  return { Code: code, Message: message };
}

function reply(status: number, body: object): Reply {
  return { status, text: JSON.stringify(body) };
}

function error(name: string, body: object): Reply {
  return reply(400, { __type: ERRORS + name, ...body });
}
