import type { Connection } from './connection.js';

/** An emulated serial port of an HVM guest. */
export interface Serial {
  readonly connection: Connection;
  /** Counted from 0: COM1. */
  readonly port: number;
}
