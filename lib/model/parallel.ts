import type { Connection } from './connection.js';

/** The parallel port of an HVM guest. libvirt has it in an xl.cfg; xl itself reads past it. */
export interface Parallel {
  readonly connection: Connection;
  /** Counted from 0: LPT1. */
  readonly port: number;
}
