/** Attaches or detaches in a separate process, which kills itself at a step. See interrupted.test.ts. */
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { findDomain } from '../../../lib/realize/dom0/domain.js';
import type { Host } from '../../../lib/realize/dom0/host.js';
import { findQemu } from '../../../lib/realize/qemu/binary.js';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import type { Channel } from '../../../lib/index.js';

export interface Task {
  readonly socket: string;
  readonly runtime: string;
  readonly qmp: string;
  readonly qemu: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly domain: string;
  readonly what: 'attach' | 'detach';
  readonly channels: readonly Channel[];
  /** The step at which it kills itself, counted from 0, and the delay after its start in milliseconds. */
  readonly step: number;
  readonly lateMs: number;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const store = await Xenstore.connect(task.socket);
let count = 0;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
const host: Host = {
  store,
  runtimeDirectory: task.runtime,
  qmpDirectory: task.qmp,
  findQemu: () => findQemu([task.qemu]),
  environment: task.environment,
  closeTimeoutMs: 1000,
  onStep: () => {
    if (count === task.step) {
      if (task.lateMs === 0) die();
      else setTimeout(die, task.lateMs);
    }
    count += 1;
  },
};
const domain = await findDomain(store, task.domain);
if (task.what === 'attach') await attach(host, domain, task.channels);
else await detach(host, domain);
store.close();
