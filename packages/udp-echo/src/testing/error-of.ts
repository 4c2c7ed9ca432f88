/** What the promise rejects with; listened for at once, so that it may reject before anyone awaits it. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a rejection, got a value");
}
