import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { TableName, Tables } from "../store.ts";

export type Item = Record<string, AttributeValue>;

/** The primary key of a row: all three tables are in one, for a transaction costs the same either way and a table is one to run. */
export function primaryKey(table: TableName, id: string): Item {
  return { pk: { S: `${table}#${id}` } };
}

/**
 * The attributes are the row's, by name. `ttl` is `expiresAt` in seconds, as DynamoDB's Time to Live wants it; it deletes
 * within a few days after that, so nobody may take a row that is still there for one that is still of use.
 */
export function itemOf<T extends TableName>(table: T, row: Tables[T]): Item {
  const item = primaryKey(table, row.id);
  for (const [name, value] of Object.entries(row) as [string, string | number | null | undefined][]) {
    if (value !== undefined) {
      item[name] = attributeOf(value);
    }
  }
  if ("expiresAt" in row && row.expiresAt !== undefined) {
    item["ttl"] = attributeOf(Math.ceil(row.expiresAt / 1000));
  }
  return item;
}

export function attributeOf(value: string | number | bigint | null): AttributeValue {
  if (value === null) {
    return { NULL: true };
  }
  return typeof value === "string" ? { S: value } : { N: String(value) };
}

/** The row that `itemOf` made the item of. */
export function rowOf(item: Item): Tables[TableName] {
  const values = Object.entries(item)
    .filter(([name]) => name !== "pk" && name !== "ttl")
    .map(([name, { S, N }]) => [name, S ?? (N === undefined ? null : Number(N))]);
  return Object.fromEntries(values) as Tables[TableName];
}
