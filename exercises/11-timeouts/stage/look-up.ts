/** A look-up that is done when it is told to; without an address it fails. */
export class LookUp {
  asked = false;
  readonly #address: string | undefined;
  readonly #told = Promise.withResolvers<void>();

  constructor(address?: string) {
    this.#address = address;
  }

  readonly lookup = async (): Promise<string> => {
    this.asked = true;
    await this.#told.promise;
    return this.#address ?? (await notFound());
  };

  answerNow(): void {
    this.#told.resolve();
  }
}

export function notFound(): Promise<never> {
  const error = Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
  // Where nobody catches it, it is printed in the answer's process: our own lines would lead astray.
  error.stack = "Error: no such host";
  return Promise.reject(error);
}
