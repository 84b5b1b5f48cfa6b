import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { XlFacts } from '../doctor/facts.js';
import { systemCode } from '../qemu/error.js';

const config = `name = "virt2xen-doctor"
type = "pv"
kernel = "/dev/null"
channel = [ "connection=pty,name=org.virt2xen.doctor" ]
`;

/** xl normally answers in milliseconds. */
const timeoutMs = 10_000;

/**
 * Runs `xl create -n` on a config with one channel, which prints the parsed config without creating a domain,
 * and checks the device id of the channel. The version is not enough: distributions backport the fix.
 */
export async function probeXl(program: string, environment = process.env): Promise<XlFacts> {
  const directory = await mkdtemp(join(tmpdir(), 'virt2xen-'));
  try {
    // xl reads regular files only.
    const file = join(directory, 'doctor.cfg');
    await writeFile(file, config);
    const options = { env: environment, timeout: timeoutMs };
    const { stdout } = await promisify(execFile)(program, ['create', '-n', file], options);
    return readProbe(program, stdout);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { first: 'absent' };
    return { first: 'unknown', reason: reasonOf(error) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** xl prints libxl_domain_config as JSON after a first line; default values (here -1) are omitted. */
function readProbe(program: string, output: string): XlFacts {
  const json: unknown = JSON.parse(output.slice(output.indexOf('{')));
  const { channels } = json as { readonly channels?: readonly { readonly devid?: number }[] };
  const [channel] = channels ?? [];
  if (!channel) return { first: 'unknown', reason: `${program} printed no channel` };
  return { first: channel.devid === 0 ? 'dropped' : 'created', program };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error ? String(error.stderr).trim() : '';
  return (said === '' ? error.message : said).split('\n', 1)[0] ?? '';
}
