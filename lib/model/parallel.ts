import type { Connection } from './connection.js';

/** The parallel port of an HVM guest. libvirt writes it to an xl.cfg; xl itself ignores it. */
export interface Parallel {
  readonly connection: Connection;
  /** Counted from 0: LPT1. */
  readonly port: number;
}
