export { DynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";
