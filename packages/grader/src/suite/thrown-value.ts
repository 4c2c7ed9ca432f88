/** The answer threw something that is no Error; `thrown` is what. */
export class ThrownValue extends Error {
  override readonly name = "ThrownValue";
  readonly thrown: unknown;

  constructor(call: string, thrown: unknown) {
    super(
      `\`${call}\` threw ${String(thrown)}, which is not an Error: whoever catches it gets no message and no stack`,
    );
    this.thrown = thrown;
  }
}
