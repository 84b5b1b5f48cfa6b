import { chmodSync, existsSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoteForShell } from '../lib/text/shell.js';
import { exitCodes } from './exit-codes.js';
import { FileError, writeAtomically } from './files.js';
import { print, printError } from './terminal.js';

/** The managers whose hooks are files; the hook of KubeVirt is a container image. */
export const hookManagers = ['vdsm', 'cloudstack', 'libvirt'] as const;
export type HookManager = (typeof hookManagers)[number];

export interface HookFileOptions {
  readonly manager: HookManager;
  /** The directory to install below (default: `/`). */
  readonly root?: string | undefined;
  /** The command that the hooks run (default: this program). */
  readonly command?: string | undefined;
  /** CloudStack: install a Groovy script, for agents that do not support shell hooks. */
  readonly groovy?: boolean | undefined;
}

/** Marks files that this command has installed. */
const mark = 'Written by virt2xen hook install; virt2xen hook uninstall removes it.';

interface HookFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

const shell = (command: string, words: string): string =>
  `#!/bin/sh\n# ${mark}\nexec ${command} hook ${words} "$@"\n`;

/**
 * Before VDSM saves or migrates a guest, ports with which it would be lost are detached. VDSM runs hooks as user vdsm, but only
 * root reaches the device model. If the hook fails, VDSM neither saves nor migrates the guest.
 */
const vdsmSaveScript = (command: string): string => `#!/bin/sh
# ${mark}
case ",$virt2xen," in *,off,*) exit 0 ;; esac
sudo -n ${command} detach "$vmId" --unsaved-ports >&2 || exit 2
`;

/** What the hooks run as root, for a UUID only. */
const vdsmSudoers = (command: string): string => {
  const digits = (count: number): string => '[0-9a-f]'.repeat(count);
  const uuid = [8, 4, 4, 4, 12].map(digits).join('-');
  return `# ${mark}\nvdsm ALL=(root) NOPASSWD: ${command} detach ${uuid} --unsaved-ports\n`;
};

/** The files for that; none for a command that sudo could read as something else. */
function vdsmSaveHooks(command: string): readonly HookFile[] {
  if (!/^\/[\w/.+-]+(?: [\w/.+-]+)*$/.test(command)) return [];
  return [
    // Without the rule the hooks would fail.
    { path: '/etc/sudoers.d/50_virt2xen', mode: 0o440, text: vdsmSudoers(command) },
    ...['before_vm_hibernate', 'before_vm_migrate_source'].map((event) => ({
      path: `/usr/libexec/vdsm/hooks/${event}/50_virt2xen`,
      mode: 0o755,
      text: vdsmSaveScript(command),
    })),
  ];
}

/**
 * libvirt runs its hooks about six times in the life of a guest, waits for each, and kills a running guest
 * if the exit status is not 0. So only the filters may fail, even if the program is missing, and the program
 * is not started for other operations. libvirt does not log the output of a hook that succeeds; syslog does.
 */
const libvirtScript = (command: string, driver: string): string => `#!/bin/sh
# ${mark}
case $2 in
  migrate | restore) exec ${command} hook libvirt ${driver} "$@" ;;
  started | stopped) ${command} hook libvirt ${driver} "$@" 2>&1 | logger -t virt2xen ;;
  *) cat >/dev/null ;;
esac
exit 0
`;

/**
 * The agent calls `transform` of the object that the script returns. On an error the XML is returned unchanged.
 * The XML is passed as bytes through pipes: an argument would be in the encoding of the agent's locale, which
 * can be ASCII for a service.
 */
const groovyShim = (command: string): string => `// ${mark}
class BaseTransform {
  String transform(Object logger, String xml) {
    try {
      def words = ['/bin/sh', '-c', ${groovyText(`xml=$(cat; echo .); exec ${command} hook cloudstack transform "\${xml%.}"`)}]
      def process = new ProcessBuilder(words).start()
      process.outputStream.withStream { it.write(xml.getBytes('UTF-8')) }
      def output = new ByteArrayOutputStream()
      def errors = new ByteArrayOutputStream()
      def readers = [process.consumeProcessOutputStream(output), process.consumeProcessErrorStream(errors)]
      process.waitForOrKill(25000)
      readers.each { it.join(1000) }
      def result = output.toString('UTF-8')
      if (process.exitValue() == 0 && result.trim()) {
        return result
      }
      logger.warn(errors.toString('UTF-8').trim() ?: 'virt2xen: the hook failed without an error message')
    } catch (Exception e) {
      logger.warn('virt2xen: ' + e)
    }
    return xml
  }
}

new BaseTransform()
`;

const groovyText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function filesOf({ manager, groovy, command = ownCommand() }: HookFileOptions): readonly HookFile[] {
  const executable = 0o755;
  switch (manager) {
    case 'vdsm':
      return [
        {
          path: '/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen',
          mode: executable,
          text: shell(command, 'vdsm'),
        },
        ...vdsmSaveHooks(command),
      ];
    case 'cloudstack': {
      const base = '/etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer';
      return groovy
        ? [{ path: `${base}.groovy`, mode: 0o644, text: groovyShim(command) }]
        : [{ path: `${base}.sh`, mode: executable, text: shell(command, 'cloudstack') }];
    }
    case 'libvirt':
      return (['libxl', 'qemu'] as const).map((driver) => ({
        path: `/etc/libvirt/hooks/${driver}.d/50-virt2xen`,
        mode: executable,
        text: libvirtScript(command, driver),
      }));
  }
}

/** This program by its full path: managers run hooks with a minimal PATH. The single executable needs no Node before it. */
const ownCommand = (): string =>
  [process.execPath, ...(isSingleExecutable() ? [] : [process.argv[1] ?? ''])].map(quoteForShell).join(' ');

/** `virt2xen hook install`. @returns the exit status */
export function installHook(options: HookFileOptions): number {
  const { manager, command = ownCommand() } = options;
  if (manager === 'vdsm' && vdsmSaveHooks(command).length === 0) {
    const missing = 'hooks before a guest is suspended or migrated not installed';
    print(
      'stderr',
      `virt2xen: ${missing}: sudo requires the full path of the command, without special characters\n`,
    );
  }
  return eachFile(options, ({ text, mode }, path) => {
    const present = contentOf(path);
    if (present !== undefined && !present.includes(mark)) {
      throw new FileError(
        `${path} exists and was not written by virt2xen; move it away, or run virt2xen from it`,
      );
    }
    if (present === undefined) mkdirSync(dirname(path), { recursive: true });
    if (present !== text) writeAtomically(path, text);
    chmodSync(path, mode);
    return present === text ? `${path} already installed` : `installed ${path}`;
  });
}

/** `virt2xen hook uninstall`: removes only files that `install` wrote. @returns the exit status */
export function uninstallHook(options: HookFileOptions): number {
  const both =
    options.manager === 'cloudstack'
      ? [
          { ...options, groovy: false },
          { ...options, groovy: true },
        ]
      : [options];
  const statuses = both.map((one) =>
    eachFile(one, (_, path) => {
      const present = contentOf(path);
      if (present === undefined) return `${path} not installed`;
      if (!present.includes(mark)) return `${path} was not written by virt2xen; not removed`;
      unlinkSync(path);
      return `removed ${path}`;
    }),
  );
  return Math.max(...statuses);
}

/** Not imported: it would be loaded at every start. */
const isSingleExecutable = (): boolean => process.getBuiltinModule('node:sea').isSea();

function eachFile(options: HookFileOptions, act: (file: HookFile, path: string) => string): number {
  let status: number = exitCodes.done;
  for (const file of filesOf(options)) {
    try {
      print('stdout', `${act(file, join(options.root ?? '/', file.path))}\n`);
    } catch (error) {
      printError(error);
      status = exitCodes.environment;
    }
  }
  return status;
}

const contentOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
