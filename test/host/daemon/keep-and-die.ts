/** Runs the daemon in a separate process, which kills itself at a step of a pass. See faults.test.ts. */
import { Daemon } from '../../../lib/daemon/daemon.js';
import { findQemu } from '../../../lib/realize/qemu/binary.js';

export interface Task {
  readonly socket: string;
  readonly documents: string;
  readonly runtime: string;
  readonly qmp: string;
  readonly qemu: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The step at which it kills itself, counted from 0. */
  readonly step: number;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const stop = new AbortController();
let count = 0;
const daemon = new Daemon({
  storePath: task.socket,
  documentDirectory: task.documents,
  host: {
    runtimeDirectory: task.runtime,
    qmpDirectory: task.qmp,
    findQemu: () => findQemu([task.qemu]),
    environment: task.environment,
    closeTimeoutMs: 1000,
    onStep: () => {
      if (count === task.step) process.kill(process.pid, 'SIGKILL');
      count += 1;
    },
  },
  tell: () => undefined,
  // There were fewer steps.
  countPass: () => stop.abort(),
});
await daemon.run(stop.signal, () => undefined);
process.exit(0);
