import { escapeControls, quoted } from '../text/controls.js';
import { quoteForShell } from '../text/shell.js';
import { planWrites } from './keys.js';
import { chardevsOf, type Plan, type PlannedChannel } from './plan.js';
import { qemuArguments } from './qemu/argv.js';
import { chardevOption } from '../qemu-syntax/chardev.js';
import { oldestQemu } from '../qemu-syntax/version.js';
import { planQemu } from './script.js';
import { chardevIdOf } from './served-by.js';
import { formatPermissions } from './xenstore/permissions.js';

/**
 * A plan as text: the channels with their chardevs, the keys with their permissions as xenstore-ls -fp prints
 * them, and the command of a dedicated QEMU.
 *
 * @param directory of that QEMU
 */
export function describePlan(plan: Plan, directory: string): string {
  const { domain, channels } = plan;
  const many = channels.length === 1 ? '1 channel' : `${channels.length} channels`;
  const lines = [`domain ${domain.domid} (${escapeControls(domain.name)}): ${many}`, ''];
  for (const channel of channels) lines.push(...describeChannel(channel), '');
  lines.push('xenstore, in one transaction:');
  for (const { path, value, permissions } of planWrites(plan)) {
    lines.push(`  ${path} = ${quoted(value)}   (${formatPermissions(permissions)})`);
  }
  const command = planCommand(plan, directory);
  if (command)
    lines.push('', 'QEMU, before the keys are written:', `  ${command.map(quoteForShell).join(' ')}`);
  return `${lines.join('\n')}\n`;
}

/** The command of the dedicated QEMU; `undefined` if the plan needs none. */
export function planCommand({ domain, channels }: Plan, directory: string): readonly string[] | undefined {
  const ours = channels.filter(({ backend }) => backend === 'qemu');
  if (ours.length === 0) return undefined;
  return [planQemu, ...qemuArguments({ domain, chardevs: chardevsOf(ours), directory }, oldestQemu)];
}

function describeChannel(channel: PlannedChannel): readonly string[] {
  const { devid, name, backend, backendDomid, chardev, limitBytes } = channel;
  return [
    `channel ${devid}: ${escapeControls(name)}`,
    `  backend ${backend} in domain ${backendDomid}, buffer limit ${limitBytes} bytes`,
    `  chardev ${escapeControls(chardevOption(chardevIdOf(devid), chardev, oldestQemu))}`,
  ];
}
