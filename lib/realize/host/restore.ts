import { directoryOf } from '../dom0/directory.js';
import type { RunningDomain } from '../dom0/domain.js';
import { withDeviceModel } from '../dom0/monitor.js';
import { presentPorts } from '../qemu/port.js';
import { restoreConfig } from '../restore-config.js';
import { readRecord } from './record.js';

/**
 * The config with which `xl restore CONFIG FILE` restores a running guest with the ports that it has now.
 *
 * @param config the xl.cfg that it was started with
 * @throws RealizeError `channel`, see restoreConfig; `backend` if the device model does not answer; `record`; QmpError
 */
export async function restoreConfigFor(
  { runtimeDirectory, qmpDirectory }: { readonly runtimeDirectory: string; readonly qmpDirectory: string },
  domain: RunningDomain,
  config: string,
): Promise<string> {
  const present = await withDeviceModel({ qmpDirectory }, domain, presentPorts);
  const record = await readRecord(directoryOf(runtimeDirectory, domain.uuid));
  return restoreConfig(config, present, record?.domid === domain.domid ? (record.ports ?? []) : []);
}
