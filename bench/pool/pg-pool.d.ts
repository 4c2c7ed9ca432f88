// pg-pool brings no types of its own; as much as is used here.
declare module "pg-pool" {
  interface Client {
    release(error?: Error | boolean): void;
  }
  export default class Pool {
    constructor(options: { max: number; Client: new () => unknown });
    connect(): Promise<Client>;
    end(): Promise<void>;
  }
}
