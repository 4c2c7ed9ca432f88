/**
 * A field of an object that the answer returned: a plain object's has come with it, one of a class's instance (which stays
 * there) is asked for. Answers are free to be either.
 *
 * ```ts
 * const server = await echo.startServer();
 * const port = await field(server.port);
 * ```
 */
export async function field<T>(value: T | { get(): Promise<T> }): Promise<T> {
  return isRemote(value) ? await value.get() : value;
}

function isRemote<T>(value: T | { get(): Promise<T> }): value is { get(): Promise<T> } {
  return typeof value === "function" && "get" in value;
}
