import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import {
  adapt,
  type AdaptOptions,
  type AdaptResult,
  type GuestKind,
  type Hypervisor,
} from '../lib/adapt/adapt.js';
import { renderDiagnostics } from '../lib/diagnostics/render.js';
import { escapeControls } from '../lib/text/controls.js';
import { exitCodes } from './exit-codes.js';
import { dash, FileError, readDocument, writeAtomically } from './files.js';
import { JsonResults } from './json.js';
import { paint } from './paint.js';
import { convertFlag, dropFlag } from './remedy.js';
import { print, printError } from './terminal.js';

/** What to adapt, and where the results go: the options of the command. */
export interface AdaptFilesOptions {
  readonly files: readonly string[];
  readonly to: Hypervisor | undefined;
  readonly type: GuestKind | undefined;
  readonly libvirt: AdaptOptions['libvirt'];
  readonly transport: AdaptOptions['transport'];
  readonly sparePorts?: AdaptOptions['sparePorts'];
  readonly hvmDefaults?: AdaptOptions['hvmDefaults'];
  readonly drop: readonly string[];
  readonly keep: boolean;
  readonly strict: boolean;
  readonly network: NonNullable<AdaptOptions['networks']>;
  readonly userBridge?: string | undefined;
  readonly pool: NonNullable<AdaptOptions['pools']>;
  readonly maxInputSize: number;
  readonly output: string | undefined;
  readonly inPlace: boolean;
  readonly diff: boolean;
  readonly check: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `virt2xen adapt`. @returns the exit status */
export async function adaptFiles(args: AdaptFilesOptions): Promise<number> {
  const files = args.files.length === 0 ? [dash] : args.files;
  const json = args.json ? new JsonResults() : undefined;
  let status: number = exitCodes.done;
  for (const file of files) {
    const name = file === dash ? '<stdin>' : file;
    try {
      const {
        to,
        type: guest,
        libvirt,
        transport,
        sparePorts,
        hvmDefaults,
        drop,
        keep,
        strict,
        network: networks,
        userBridge,
        pool: pools,
        maxInputSize: limit,
      } = args;
      const host = { networks, userBridge, pools };
      const channels = { transport, sparePorts, hvmDefaults };
      const options = { to, guest, libvirt, drop, keep, strict, limit, ...channels, ...host };
      const result = adapt(await readDocument(file, limit), options);
      const isBehind = args.check && result.edits?.length !== 0;
      if (result.output === undefined || isBehind) status = Math.max(status, exitCodes.document);
      else write(file, result.output, args);
      if (json) {
        const { edits, output } = result;
        json.add(name, result, {
          to,
          adapted: edits !== undefined,
          edits,
          ...(isPrinted(args) && { output }),
        });
      } else tell(name, result, args);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      status = exitCodes.environment;
      if (json) json.addFailure(name, 'adapted', error.message);
      else printError(error);
    }
  }
  json?.end();
  return status;
}

/** Whether the document itself is the output. */
const isPrinted = (args: AdaptFilesOptions): boolean =>
  !args.check && !args.diff && !args.inPlace && args.output === undefined;

function write(file: string, output: string, args: AdaptFilesOptions): void {
  if (args.check || args.diff) return;
  if (args.inPlace) writeAtomically(file, output);
  else if (args.output !== undefined && args.output !== dash) writeAtomically(args.output, output);
  else if (!args.json) print('stdout', output);
}

/** As `diff -u` writes and `patch` reads it; nothing if the texts are the same. */
const unifiedDiff = (name: string, before: string, after: string): string =>
  before === after
    ? ''
    : createTwoFilesPatch(name, name, before, after, undefined, undefined, {
        context: 3,
        headerOptions: FILE_HEADERS_ONLY,
      });

function tell(name: string, result: AdaptResult, args: AdaptFilesOptions): void {
  const { diagnostics, edits, source, output } = result;
  if (args.diff && output !== undefined) print('stdout', unifiedDiff(name, source, output));
  print(
    'stderr',
    renderDiagnostics(diagnostics, {
      file: name,
      source,
      quiet: args.quiet,
      paint,
      describeRemedy: convertFlag,
      describeDrop: dropFlag,
    }),
  );
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (!edits)
    print(
      'stderr',
      `${escapeControls(name)}: not adapted: ${errors === 1 ? '1 error' : `${errors} errors`}\n`,
    );
  else if (args.check && edits.length > 0) {
    print('stderr', `${escapeControls(name)}: not adapted: ${edits.length} changes needed\n`);
  }
}
