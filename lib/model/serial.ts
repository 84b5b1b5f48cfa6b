import type { Connection } from './connection.js';

/** An emulated serial port of an HVM guest, or the virtual UART of an Arm guest, which is a pty. */
export interface Serial {
  readonly connection: Connection;
  /** Counted from 0: COM1. */
  readonly port: number;
}

/** QEMU has this many, and fails to start with more. */
export const serialPorts = 4;
