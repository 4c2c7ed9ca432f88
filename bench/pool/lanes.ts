import { Pool } from "@tcpip-workshop/tcp-echo/pool";
import { createPool as createGenericPool } from "generic-pool";
import { createPool as createLightningPool } from "lightning-pool";
import PgPool from "pg-pool";
import { Pool as SequelizePool } from "sequelize-pool";
import { Pool as TarnPool } from "tarn";

const SIZE = 10;

/** What is lent: it costs nothing to open, and is always well. */
interface Connection {
  open: boolean;
}

/** A caller borrows and gives back at once, for as long as `more` says. */
type Caller = (more: () => boolean) => Promise<void>;

/**
 * Each pool as its README uses it, with ten connections and its defaults. Time-outs and checks are on where that is the
 * default; ours has all of its own on, and asks `isAlive`.
 */
export const lanes: Record<string, () => Caller> = {
  "tcp-echo": () => {
    const pool = new Pool<Connection>({ size: SIZE, open, close: () => {}, isAlive: (it) => it.open });
    return async (more) => {
      while (more()) {
        const lease = await pool.acquire();
        lease.release();
      }
    };
  },
  "generic-pool": () => {
    const pool = createGenericPool<Connection>({ create: open, destroy: async () => {} }, { max: SIZE });
    return async (more) => {
      while (more()) {
        const connection = await pool.acquire();
        void pool.release(connection);
      }
    };
  },
  tarn: () => {
    const pool = new TarnPool<Connection>({ create: open, destroy: () => {}, min: 0, max: SIZE });
    return async (more) => {
      while (more()) {
        const connection = await pool.acquire().promise;
        pool.release(connection);
      }
    };
  },
  "lightning-pool": () => {
    const pool = createLightningPool<Connection>({ create: open, destroy: async () => {} }, { max: SIZE });
    return async (more) => {
      while (more()) {
        const connection = await pool.acquire();
        pool.release(connection);
      }
    };
  },
  "sequelize-pool": () => {
    const pool = new SequelizePool<Connection>({
      create: open,
      destroy: () => {},
      validate: (it) => it.open,
      min: 0,
      max: SIZE,
    });
    return async (more) => {
      while (more()) {
        const connection = await pool.acquire();
        pool.release(connection);
      }
    };
  },
  "pg-pool": () => {
    const pool = new PgPool({ max: SIZE, Client: FakeClient });
    return async (more) => {
      while (more()) {
        const client = await pool.connect();
        client.release();
      }
    };
  },
  "bare, without any check": () => {
    const idle: Connection[] = Array.from({ length: SIZE }, () => ({ open: true }));
    // read from `next` on: shift() moves all the others each time
    const waiting: ((connection: Connection) => void)[] = [];
    let next = 0;
    const shift = (): ((connection: Connection) => void) | undefined => {
      const first = waiting[next];
      if (first === undefined) return undefined;
      next++;
      if (next === 1024) {
        waiting.splice(0, next);
        next = 0;
      }
      return first;
    };
    const acquire = (): Promise<Connection> => {
      const connection = idle.pop();
      return connection === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(connection);
    };
    return async (more) => {
      while (more()) {
        const connection = await acquire();
        const give = shift();
        if (give === undefined) idle.push(connection);
        else give(connection);
      }
    };
  },
};

async function open(): Promise<Connection> {
  return { open: true };
}

/** As much of pg's client as its pool asks for. */
class FakeClient {
  _queryable = true;
  _ending = false;
  connect(done: (error?: Error) => void): void {
    queueMicrotask(done);
  }
  end(done?: () => void): void {
    if (done) queueMicrotask(done);
  }
  on(): this {
    return this;
  }
  once(): this {
    return this;
  }
  removeListener(): this {
    return this;
  }
  ref(): void {}
  unref(): void {}
}
