import { RealizeError } from '../error.js';
import { withQmp, type QmpClient } from '../qmp/client.js';
import { QmpError } from '../qmp/error.js';
import type { RunningDomain } from './domain.js';
import type { Host } from './host.js';

/** libxl uses it, too, and QEMU serves one client at a time. */
const qmpTimeoutMs = 15_000;

/**
 * Runs work on the monitor of the device model that libxl runs for a domain.
 * @throws RealizeError `backend` if it does not answer; QmpError
 */
export async function withDeviceModel<Result>(
  { qmpDirectory }: Pick<Host, 'qmpDirectory'>,
  { domid }: Pick<RunningDomain, 'domid'>,
  work: (qmp: QmpClient) => Promise<Result>,
  timeoutMs = qmpTimeoutMs,
): Promise<Result> {
  try {
    return await withQmp(`${qmpDirectory}/qmp-libxl-${domid}`, work, { timeoutMs });
  } catch (error) {
    if (!isAbsence(error)) throw error;
    throw new RealizeError('backend', `no answer from the device model of domain ${domid}: ${error.desc}`);
  }
}

const isAbsence = (error: unknown): error is QmpError =>
  error instanceof QmpError && (error.failure === 'unreachable' || error.failure === 'closed');
