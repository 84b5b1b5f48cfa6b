import { decodeInput } from '../lib/document/input.js';
import { Report } from '../lib/diagnostics/diagnostic.js';
import { findDomain } from '../lib/realize/dom0/domain.js';
import { RealizeError } from '../lib/realize/error.js';
import { restoreConfigFor } from '../lib/realize/host/restore.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { exitCodes } from './exit-codes.js';
import { readDocument } from './files.js';
import { guarded } from './guarded.js';
import { print } from './terminal.js';

export interface RestoreConfigOptions {
  readonly domain: string;
  readonly file: string;
  readonly runtimeDir: string;
  readonly qmpDir: string;
  readonly maxInputSize: number;
}

/** `virt2xen restore-config`. @returns the exit status */
export async function printRestoreConfig(args: RestoreConfigOptions): Promise<number> {
  return await guarded(false, async () => {
    const report = new Report();
    const config = decodeInput(await readDocument(args.file, args.maxInputSize), {}, report);
    const [problem] = report.diagnostics;
    if (problem) throw new RealizeError('channel', problem.message);
    await using store = await Xenstore.connect(socketPath(process.env));
    const domain = await findDomain(store, args.domain);
    const directories = { runtimeDirectory: args.runtimeDir, qmpDirectory: args.qmpDir };
    print('stdout', await restoreConfigFor(directories, domain, config));
    return exitCodes.done;
  });
}
