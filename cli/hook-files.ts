import { chmodSync, existsSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes } from './exit-codes.js';
import { FileError, writeAtomically } from './files.js';
import { print } from './terminal.js';

/** The managers that take files; KubeVirt takes a container. */
export const hookManagers = ['vdsm', 'cloudstack', 'libvirt'] as const;
export type HookManager = (typeof hookManagers)[number];

export interface HookFileOptions {
  readonly manager: HookManager;
  /** Below which directory; `/` if absent. */
  readonly root?: string | undefined;
  /** The command that the files call; this program if absent. */
  readonly command?: string | undefined;
  /** CloudStack before it had shell hooks: a Groovy script. */
  readonly groovy?: boolean | undefined;
}

/** By this a file is known as ours. */
const mark = 'Written by virt2xen hook install; virt2xen hook uninstall removes it.';

interface HookFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

const shell = (command: string, words: string): string =>
  `#!/bin/sh\n# ${mark}\nexec ${command} hook ${words} "$@"\n`;

/**
 * libvirt calls its hooks half a dozen times in a guest's life, waits for each, and kills a running guest
 * for a status other than 0: all but the filters succeed, whatever has become of the program, and
 * what the hook has no part in does not start it. libvirt logs nothing of a hook that succeeds; syslog does.
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
 * What the agent runs is the `transform` of the object that the script ends with. What goes wrong leaves the XML as
 * it was. The XML goes in and out as bytes: as an argument of Java's it would be in the encoding of
 * the agent's locale, which for a service can be ASCII.
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
      logger.warn(errors.toString('UTF-8').trim() ?: 'virt2xen: the hook failed without a word')
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

/** This very program, by its full path: managers run hooks without a PATH to speak of. */
const ownCommand = (): string => [process.execPath, process.argv[1] ?? ''].map(shellWord).join(' ');

const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** `virt2xen hook install`. Says what it did. @returns the exit status */
export function installHook(options: HookFileOptions): number {
  return eachFile(options, ({ text, mode }, path) => {
    const present = contentOf(path);
    if (present !== undefined && !present.includes(mark)) {
      throw new FileError(
        `${path} is somebody else's; it is left alone. Move it away, or call virt2xen from it`,
      );
    }
    if (present === undefined) mkdirSync(dirname(path), { recursive: true });
    if (present !== text) writeAtomically(path, text);
    chmodSync(path, mode);
    return present === text ? `${path} is already there` : `installed ${path}`;
  });
}

/** `virt2xen hook uninstall`: removes what `install` wrote, and nothing else. @returns the exit status */
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
      if (present === undefined) return `${path} is not there`;
      if (!present.includes(mark)) return `${path} is somebody else's; it is left alone`;
      unlinkSync(path);
      return `removed ${path}`;
    }),
  );
  return Math.max(...statuses);
}

function eachFile(options: HookFileOptions, act: (file: HookFile, path: string) => string): number {
  let status: number = exitCodes.done;
  for (const file of filesOf(options)) {
    try {
      print('stdout', `${act(file, join(options.root ?? '/', file.path))}\n`);
    } catch (error) {
      print('stderr', `virt2xen: ${error instanceof Error ? error.message : String(error)}\n`);
      status = exitCodes.environment;
    }
  }
  return status;
}

const contentOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
