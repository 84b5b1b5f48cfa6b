import type { CommandUsage, ProgramUsage } from '../usage/usage.js';
import type { Release } from './pages.js';
import { exampleItems, exitStatus, optionItems, seeAlso } from './parts.js';
import { bold, item, italic, paragraph, section, title } from './roff.js';

/** virt2xend(8): the service, with the options of the command that it runs. */
export function daemonPage(
  command: CommandUsage,
  { epilogue }: ProgramUsage,
  { version, date }: Release,
): string {
  const otherwise = (name: string): string =>
    command.options.find((option) => option.name === name)?.otherwise ?? '';
  const documents = otherwise('documents');
  return [
    title('virt2xend', 8, date, version),
    section('NAME', 'virt2xend \\- daemon that keeps the channels of Xen domains attached\n'),
    section(
      'SYNOPSIS',
      `${bold('systemctl enable --now virt2xend')}\n.br\n${bold('virt2xen daemon')} [${italic('OPTION')}...]\n`,
    ),
    section(
      'DESCRIPTION',
      paragraph(
        `virt2xend.service runs virt2xen daemon, which keeps the channels of all domains attached, as the documents in ${documents} specify: after a reboot, a restore or a migration, and after QEMU or the daemon was killed.`,
      ) +
        paragraph(
          'It reacts to events of xenstored, of the directory and of processes. When it is stopped, QEMU keeps serving the guests; the next start adopts it. If xenstored is not available, it tries again, at least every 30 seconds. journalctl -u virt2xend shows what happened.',
        ),
    ),
    section('OPTIONS', optionItems(command.options)),
    section(
      'SIGNALS',
      item(bold('SIGHUP'), 'Read the documents again; systemctl reload virt2xend sends it.') +
        item(`${bold('SIGTERM')}, ${bold('SIGINT')}`, 'Stop. The channels stay attached.'),
    ),
    exitStatus(epilogue),
    section(
      'FILES',
      item(
        italic(`${documents}/NAME.xml`),
        'Domain XML, or NAME.cfg: an xl.cfg. virt2xen attach --persistent writes it.',
      ) +
        item(italic(`${documents}/NAME.options`), 'Options for this document, one KEY = VALUE a line.') +
        item(italic('/etc/virt2xen/config.toml'), 'Settings of the host; see virt2xen.conf(5).') +
        item(italic(otherwise('runtime-dir')), 'The state of attached channels.') +
        item(
          italic(otherwise('control')),
          'The socket of the daemon, with the varlink interface io.virt2xen.',
        ),
    ),
    section(
      'ENVIRONMENT',
      item(bold('XENSTORED_PATH'), 'The socket of xenstored, in place of /run/xenstored/socket.'),
    ),
    section('EXAMPLES', exampleItems(command.examples)),
    section(
      'SEE ALSO',
      seeAlso(
        ['attach', 'daemon', 'detach', 'events', 'metrics', 'status']
          .map((name) => `virt2xen-${name}(1)`)
          .concat('virt2xen.conf(5)', 'systemctl(1)'),
      ),
    ),
  ].join('');
}
