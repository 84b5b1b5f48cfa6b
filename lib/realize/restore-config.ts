import { parseXlConfig } from '../convert.js';
import { chardevOption, type Chardev } from '../qemu-syntax/chardev.js';
import { qemuOption } from '../qemu-syntax/option.js';
import { portId } from '../qemu-syntax/port.js';
import { oldestQemu } from '../qemu-syntax/version.js';
import { printValue } from '../xl-syntax/printer.js';
import { RealizeError } from './error.js';
import { declaredPorts, isSameSlot, saveProblems, type PlannedPort, type PresentPort } from './ports.js';

/**
 * The config with which a saved guest can be restored, whatever ports it has: an xl.cfg, with the ports added that the
 * running guest has and the config has not. The text before them is unchanged. Pure.
 *
 * @param config the xl.cfg that the guest was started with
 * @param present the ports of the running guest
 * @param recorded those that attach has created; others get the chardev `null`
 * @throws RealizeError `channel` for another document, and for one that is not that of the guest
 */
export function restoreConfig(
  config: string,
  present: readonly PresentPort[],
  recorded: readonly PlannedPort[],
): string {
  const { domain, diagnostics } = parseXlConfig(config);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (!domain || error) {
    throw new RealizeError('channel', `not a valid xl.cfg: ${error?.message ?? 'it cannot be read'}`);
  }
  const declared = declaredPorts(domain.deviceModelArguments);
  const { unsaved, missing } = saveProblems(declared, present);
  const [lost] = missing;
  if (lost) {
    const message = `the xl.cfg has virtio-serial port ${lost.nr}, which the running guest does not have; use the one that it was started with, or attach again`;
    throw new RealizeError('channel', message);
  }
  const stray = unsaved.find(({ bus }) => !declared.buses.includes(bus));
  if (stray) {
    const message = `the xl.cfg has no virtio-serial controller for port ${stray.nr} (${stray.name}); use the one that the guest was started with`;
    throw new RealizeError('channel', message);
  }
  if (unsaved.length === 0) return config;
  const args = unsaved.flatMap((port) => {
    const { bus, nr, name } = port;
    const id = portId(nr);
    const chardev: Chardev = recorded.find((one) => isSameSlot(one, port))?.chardev ?? { type: 'null' };
    return [
      '-chardev',
      chardevOption(id, chardev, oldestQemu),
      '-device',
      qemuOption('virtserialport', [
        ['bus', bus],
        ['nr', nr],
        ['chardev', id],
        ['name', name],
        ['id', id],
      ]),
    ];
  });
  const list = printValue(args, ({ kind, text, reason }) => {
    if (kind === 'impossible')
      throw new RealizeError('channel', `'${text}' cannot be in an xl.cfg: ${reason}`);
  });
  const comment = '# Ports of the running guest, added by virt2xen restore-config';
  return `${config.endsWith('\n') ? config : `${config}\n`}${comment}\ndevice_model_args_hvm += ${list}\n`;
}
