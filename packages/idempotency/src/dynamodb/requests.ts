import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Add, Condition, Write } from "../store.ts";
import { attributeOf, type Item, itemOf, primaryKey } from "./items.ts";

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** A write as an entry of TransactWriteItems; each of its three members is also what PutItem, UpdateItem, DeleteItem take. */
export function requestOf(TableName: string, write: Write): TransactWriteItem {
  if ("put" in write) {
    return { Put: { TableName, Item: itemOf(write.put, write.row), ...conditionOf(write.when) } };
  }
  if ("remove" in write) {
    return { Delete: { TableName, Key: primaryKey(write.remove, write.id), ...conditionOf(write.when) } };
  }
  return { Update: { TableName, Key: primaryKey(write.add, write.id), ...additionOf(write) } };
}

/** Names by placeholder throughout: `status`, `owner`, `state` and more are reserved words. */
function conditionOf(when: Condition<object> | undefined) {
  if (when === undefined) {
    return {};
  }
  if (when === "absent") {
    return { ConditionExpression: "attribute_not_exists(#pk)", ExpressionAttributeNames: { "#pk": "pk" } };
  }
  const names: Record<string, string> = { "#pk": "pk" };
  const values: Item = {};
  const terms = ["attribute_exists(#pk)"];
  for (const [name, value] of Object.entries(when) as [string, string | number | null][]) {
    names[`#${name}`] = name;
    values[`:${name}`] = attributeOf(value);
    terms.push(`#${name} = :${name}`);
  }
  return {
    ConditionExpression: terms.join(" AND "),
    ExpressionAttributeNames: names,
    // an empty map is refused
    ...(terms.length > 1 && { ExpressionAttributeValues: values }),
  };
}

/** The condition is on the balance as it is, so what the sum may be is moved by the amount; that can pass the safe integers. */
function additionOf({ amount, atLeast }: Add) {
  const least = atLeast === undefined ? -MAX : BigInt(atLeast);
  return {
    UpdateExpression: "SET #balance = #balance + :amount",
    ConditionExpression: "attribute_exists(#pk) AND #balance >= :least AND #balance <= :most",
    ExpressionAttributeNames: { "#pk": "pk", "#balance": "balance" },
    ExpressionAttributeValues: {
      ":amount": attributeOf(amount),
      ":least": attributeOf(least - BigInt(amount)),
      ":most": attributeOf(MAX - BigInt(amount)),
    },
  };
}
